#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# @NAME@: what is tested here, in one line. The tools are those that were just built.

bats_require_minimum_version 1.5.0

# A dump describes a whole machine: no card and no root is needed.
dump=$BATS_TEST_DIRNAME/../pciaddr/guest/guest.lspci

# "run -1" fails unless the command ends with status 1; $output and ${lines[@]} are what it said.
@test "a range where nothing is fails, and is named" {
	run -1 pciaddr-check --dump "$dump" --expect 0x3000-0x37ff
	[[ $output == *0x3000-0x37ff* ]]
}

@test "a wrong option has status 2" {
	run -2 fpga-ctl --no-such-option
}
