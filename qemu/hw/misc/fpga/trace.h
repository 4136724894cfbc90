#include "trace/trace-hw_misc_fpga.h"
