# SPDX-License-Identifier: GPL-2.0-or-later
# Rows for scripts/bench out of fio's results; $memcpy in bytes per second.
def median: sort | .[length / 2 | floor];
def direction: if .read.total_ios > 0 then .read else .write end;
def rate($what; $target):
	[.[] | select(.target == $target) | .fio.jobs[] | select(.jobname == $what) | direction |
	 .iops] | median;

. as $runs | ($runs[0].fio.jobs | map(.jobname)) as $whats |
[
	($whats[] as $what | $runs |
	 ["nvme", "virtio-blk"] | map({name: ., rate: (. as $t | $runs | rate($what; $t))}) |
	 max_by(.rate) as $peer |
	 {name: ("dma: " + $what), ours: ($runs | rate($what; "fpga") | round),
	  peer: ($peer.rate | round), peer_name: ("QEMU's " + $peer.name), unit: "per s",
	  better: "more", aim: 2}),
	($whats[] | select(startswith("1 MiB")) | . as $what |
	 {name: ("dma: " + $what + ", memory"), ours: (($runs | rate($what; "fpga")) * 1.048576 | round),
	  peer: ($memcpy / 1e6 | round), peer_name: "memcpy() on the host", unit: "MB/s",
	  better: "more", aim: 0.5}),
	($runs[] | select(.target == "edu") | .fio.jobs[0].read.clat_ns.percentile["50.000000"] |
	 {name: "dma: edu, beyond its 100 ms", ours: (. / 1e6 - 100), peer: 1, peer_name: "what it should be at most",
	  unit: "ms", better: "less", aim: 1})
]
