# SPDX-License-Identifier: GPL-2.0-or-later
# Rows for scripts/bench out of fio's results, whose names begin with $name; $memcpy in bytes per
# second, which only what needs no IOMMU ("dma") is compared with. The best round
# counts for everyone: whatever else the machine does only makes a round slower.
def direction: if .read.total_ios > 0 then .read else .write end;
def rate($what; $target):
	[.[] | select(.target == $target) | .fio.jobs[] | select(.jobname == $what) | direction |
	 .iops] | max;

. as $runs | ($runs[0].fio.jobs | map(.jobname)) as $whats |
[
	($whats[] as $what | $runs |
	 ["nvme", "virtio-blk", "virtio-iothread"] | map({name: ., rate: (. as $t | $runs | rate($what; $t))}) |
	 max_by(.rate) as $peer |
	 {name: ($name + ": " + $what), ours: ($runs | rate($what; "fpga") | round),
	  peer: ($peer.rate | round), peer_name: ("QEMU's " + $peer.name), unit: "per s",
	  better: "more", aim: (if ($what | contains("batches")) then 5 else 2 end)}),
	($whats[] | select($name == "dma" and contains("batches")) | . as $what |
	 {name: ("dma: " + $what + ", without a transfer"), ours: ($runs | rate($what; "fpga") | round),
	  peer: ($runs | rate($what; "null_blk") | round),
	  peer_name: "null_blk, which transfers nothing", unit: "per s", better: "more", aim: null}),
	# Registered buffers are to pay for themselves.
	({name: ($name + ": 1 MiB sequential read, io_uring, registered"),
	  ours: ($runs | rate("1 MiB sequential read, registered"; "fpga") | round),
	  peer: ($runs | rate("1 MiB sequential read, io_uring"; "fpga") | round),
	  peer_name: "the same, not registered", unit: "per s", better: "more", aim: 1}),
	($whats[] | select($name == "dma" and startswith("1 MiB") and (endswith("io_uring") | not)) | . as $what |
	 {name: ("dma: " + $what + ", memory"), ours: (($runs | rate($what; "fpga")) * 1.048576 | round),
	  peer: ($memcpy / 1e6 | round), peer_name: "memcpy() on the host", unit: "MB/s",
	  better: "more",
	  aim: (if ($what | contains("registered, huge")) then 0.6 else 0.5 end)}),
	("from-card", "to-card" | select($name == "dma") | . as $op |
	 {name: ("dma: 1 MiB " + $op + ", registered once (EMUCARD_BUF_REGISTER), memory"),
	  ours: ([$runs[] | select(.target == "buffer") | .bench.results[] |
		  select(.operation == $op) | .bytes_per_second] | max / 1e6 | round),
	  peer: ($memcpy / 1e6 | round), peer_name: "memcpy() on the host", unit: "MB/s",
	  better: "more", aim: 0.5}),
	# The mean: fio's percentiles are no finer than 1 ms here. The guest's clock and that of
	# the device's timer may differ by more than what is beyond: then it is next to nothing.
	($runs | map(select(.target == "edu") | .fio.jobs[0].read.clat_ns.mean) | min |
	 {name: ($name + ": edu, beyond its 100 ms"), ours: ([. / 1e3 - 1e5, 1] | max | round / 1e3), peer: 0.5, peer_name: "what it should be at most",
	  unit: "ms", better: "less", aim: 1})
]
