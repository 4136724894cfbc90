#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples for libvirt and KubeVirt: a domain whose device moves is caught.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	views=$TOP/selftests/pciaddr/views
	export PCIADDR_DOMAINS=$BATS_TEST_TMPDIR/domains
	mkdir domains
	cp "$views/q35.xml" domains/q35.xml
	# the interface on the bridge, in another slot of it
	sed "s/bus='0x03' slot='0x03'/bus='0x03' slot='0x04'/" "$views/q35.xml" >moved.xml
	run ! cmp -s moved.xml "$views/q35.xml"
}

# hook NAME OPERATION SUB FILE: as libvirt calls it
hook() {
	run --separate-stderr "$TOP/examples/hooks/libvirt-qemu" "$1" "$2" "$3" - <"$4"
}

@test "libvirt's hook: a domain as it was starts, one whose device moved does not" {
	hook q35 prepare begin "$views/q35.xml"
	[ "$status" = 0 ]
	hook q35 prepare begin moved.xml
	[ "$status" = 1 ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *"q35: devices have moved"*"diff-relocated"*"(net0)"* ]]
}

@test "libvirt's hook: a device that is gone, one that is new, and a specification" {
	sed "/<shmem/,/<.shmem>/d" "$views/q35.xml" >gone.xml
	hook q35 prepare begin gone.xml
	[ "$status" = 1 ]
	cp gone.xml domains/q35.xml
	hook q35 prepare begin "$views/q35.xml"
	[ "$status" = 0 ]
	printf 'version: 1\ndevices:\n  - {select: "8086:10d3"}\n' >domains/q35.yaml
	hook q35 prepare begin "$views/q35.xml"
	[ "$status" = 1 ]
	[[ $stderr == *"not as"*"q35.yaml says"*"8086:10d3"* ]]
}

@test "libvirt's hook: other operations, other domains and odd names are let through" {
	hook q35 started begin moved.xml
	[ "$status" = 0 ]
	hook other prepare begin moved.xml
	[ "$status" = 0 ]
	hook ../domains/q35 prepare begin moved.xml
	[ "$status" = 0 ]
	hook q35 prepare begin /dev/null
	[ "$status" = 1 ]
}

@test "KubeVirt: the first run records, a domain whose device moved is told" {
	mkdir bin
	cat >bin/kubectl <<-'SH'
		#!/bin/sh
		case "$*" in
		*"get pods"*) [ -e domain.xml ] && printf virt-launcher-x ;;
		*"virsh dumpxml ns_vm"*) cat domain.xml ;;
		*) exit 1 ;;
		esac
		true
	SH
	chmod +x bin/kubectl
	PATH=$PWD/bin:$PATH
	local check=$TOP/examples/hooks/kubevirt-addresses
	run -3 "$check" ns vm record.xml
	cp "$views/q35.xml" domain.xml
	run -0 "$check" ns vm record.xml
	[ "$output" = "recorded: record.xml" ]
	run -0 "$check" ns vm record.xml
	cp moved.xml domain.xml
	run -1 "$check" ns vm record.xml
	[[ $output == *"diff-relocated"* ]]
	run -2 "$check" ns vm
}

@test "pipelines: the templates are sound YAML, and their scripts are shell" {
	command -v yamllint >/dev/null || skip "no yamllint"
	yamllint -d '{extends: default, rules: {line-length: {max: 100}}}' "$TOP"/examples/ci/*.yml
	python3 -c '
import sys, yaml
github = yaml.safe_load(open(sys.argv[1]))
gitlab = yaml.safe_load(open(sys.argv[2]))
for step in github["jobs"]["check"]["steps"]: print(step.get("run", ""))
job = gitlab["pci-addresses"]
for line in job["before_script"] + job["script"]: print(line)
' "$TOP/examples/ci/github-action.yml" "$TOP/examples/ci/gitlab.yml" >script
	bash -n script
	grep -c pciaddr-check script
}

# check_step FILE: what a template checks the machines with, and this program in the place of its own
check_step() {
	python3 -c '
import sys, yaml
template = yaml.safe_load(open(sys.argv[1]))
steps = template["jobs"]["check"]["steps"] if "jobs" in template else []
print(next((step["run"] for step in steps if step.get("name") == "Check the machines"), None)
      or template["pci-addresses"]["script"][0])
' "$1" | sed -E 's,[a-z/]*fpga-pci/pciaddr-check,pciaddr-check,'
}

@test "pipelines: a repository of machines passes, and fails when one is not as specified" {
	python3 -c 'import yaml' || skip "no module yaml of Python"
	local template views=$TOP/selftests/pciaddr/views
	mkdir machines
	cp "$GUEST" machines/guest.lspci
	cp "$TOP/examples/demo-guest.yaml" machines/guest.yaml
	sed -i '/owner:/s/, owner: "[^"]*"//' machines/guest.yaml
	cp "$views/q35.qmp" machines/vm.qmp
	cp "$views/q35.xml" machines/vm.xml
	printf 'version: 1\ndevices:\n  - {name: nic, select: "8086:100e", count: 1}\n' >machines/vm.yaml
	for template in "$TOP"/examples/ci/*.yml; do
		check_step "$template" >step
		grep -q 'pciaddr-check --format junit' step
		run -0 bash -e step
		for made in guest.lspci vm.qmp vm.xml; do
			xmllint --noout "$made.junit.xml"
		done
		sed 's/count: 1/count: 2/' machines/vm.yaml >other
		cp machines/vm.yaml right
		mv other machines/vm.yaml
		run -1 bash -e step
		grep -q '<failure' vm.qmp.junit.xml
		mv right machines/vm.yaml
		rm ./*.junit.xml
	done
}
