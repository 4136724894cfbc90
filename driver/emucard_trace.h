/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints of emucard.ko: requests from the call to its end, software interrupts */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM emucard

#if !defined(EMUCARD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define EMUCARD_TRACE_H

#include <linux/tracepoint.h>

#include "emucard_compat.h"
#include "emucard_driver.h"

TRACE_EVENT(emucard_submit,
	TP_PROTO(const struct emucard_request *request, u64 offset, u64 len),
	TP_ARGS(request, offset, len),
	TP_STRUCT__entry(
		__string(card, dev_name(&request->card->dev))
		__field(const void *, request)
		__field(u64, offset)
		__field(u64, len)
		__field(unsigned int, nr)
		__field(bool, to_card)
		__field(bool, async)
	),
	TP_fast_assign(
		emucard_assign_str(card, dev_name(&request->card->dev));
		__entry->request = request;
		__entry->offset = offset;
		__entry->len = len;
		__entry->nr = request->nr;
		__entry->to_card = request->dir == DMA_TO_DEVICE;
		__entry->async = request->iocb;
	),
	TP_printk("%s request=%p %s offset=0x%llx len=%llu transfers=%u%s",
		  __get_str(card), __entry->request, __entry->to_card ? "to card" : "from card",
		  __entry->offset, __entry->len, __entry->nr, __entry->async ? " async" : "")
);

TRACE_EVENT(emucard_end,
	TP_PROTO(const struct emucard_request *request, u64 moved, int error),
	TP_ARGS(request, moved, error),
	TP_STRUCT__entry(
		__string(card, dev_name(&request->card->dev))
		__field(const void *, request)
		__field(u64, moved)
		__field(int, error)
	),
	TP_fast_assign(
		emucard_assign_str(card, dev_name(&request->card->dev));
		__entry->request = request;
		__entry->moved = moved;
		__entry->error = error;
	),
	TP_printk("%s request=%p moved=%llu error=%d",
		  __get_str(card), __entry->request, __entry->moved, __entry->error)
);

TRACE_EVENT(emucard_copy,
	TP_PROTO(const struct emucard *card, u64 offset, u64 len, bool to_card, ssize_t result),
	TP_ARGS(card, offset, len, to_card, result),
	TP_STRUCT__entry(
		__string(card, dev_name(&card->dev))
		__field(u64, offset)
		__field(u64, len)
		__field(ssize_t, result)
		__field(bool, to_card)
	),
	TP_fast_assign(
		emucard_assign_str(card, dev_name(&card->dev));
		__entry->offset = offset;
		__entry->len = len;
		__entry->result = result;
		__entry->to_card = to_card;
	),
	TP_printk("%s %s offset=0x%llx len=%llu result=%zd",
		  __get_str(card), __entry->to_card ? "to card" : "from card",
		  __entry->offset, __entry->len, __entry->result)
);

TRACE_EVENT(emucard_interrupt,
	TP_PROTO(const struct emucard *card, u32 causes),
	TP_ARGS(card, causes),
	TP_STRUCT__entry(
		__string(card, dev_name(&card->dev))
		__field(u32, causes)
	),
	TP_fast_assign(
		emucard_assign_str(card, dev_name(&card->dev));
		__entry->causes = causes;
	),
	TP_printk("%s causes=0x%04x", __get_str(card), __entry->causes)
);

#endif /* EMUCARD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE emucard_trace
#include <trace/define_trace.h>
