# SPDX-License-Identifier: GPL-2.0-or-later
# A line for each job on each target: medians over the rounds.
def median: sort | .[length / 2 | floor];
def direction: if .read.total_ios > 0 then .read else .write end;
def us: . / 100 | round / 10;

[.[] | .target as $target | (.fio.jobs // [])[] | direction as $io |
 {what: .jobname, $target, iops: $io.iops, mb: ($io.bw_bytes / 1e6),
  p50: $io.clat_ns.percentile["50.000000"], p99: $io.clat_ns.percentile["99.000000"],
  p999: $io.clat_ns.percentile["99.900000"],
  cpu: ((.usr_cpu + .sys_cpu) / 100 * 1e9 / $io.iops)}] |
group_by([.what, .target])[] |
[.[0].what, .[0].target, (map(.iops) | median | round), (map(.mb) | median | round),
 (map(.p50) | median | us), (map(.p99) | median | us), (map(.p999) | median | us),
 (map(.cpu) | median | us)] | @tsv
