# SPDX-License-Identifier: GPL-2.0-or-later
"""What fpga-ctl prints with --json is as docs/fpga-ctl-result.schema.json has it."""

import importlib
import json

import pytest
from harness import TOP

with open(f"{TOP}/docs/fpga-ctl-result.schema.json", encoding="utf-8") as file:
    SCHEMA = json.load(file)

# (the schema's name for the result, card, command)
COMMANDS = [(name, card, command) for card in ("fpga0", "edu0") for name, command in (
    ("list", "list"),
    ("info", "info"),
    ("read", "read --all"),
    ("names", "read --names"),
    ("dma", "dma --len 4096"),
    ("dma", "dma --len 4096 --direction to-card"),
    ("irq", "irq count"),
    ("irq", "irq raise"),
    ("bench", "bench --samples 12 --size 4K irq register"),
    ("watch", "watch --count 2 --interval 10ms"),
    ("selftest", "selftest"),
)] + [
    ("write", "fpga0", "write 'REGFILE[3]' 5"),
    ("write", "edu0", "write LIVENESS 5"),
    ("bench", "fpga0", "bench --samples 12 --size 4K,64K dma"),
    ("fact", "edu0", "fact 13"),
    ("reset", "fpga0", "reset"),
]  # fmt: skip


@pytest.fixture(scope="module")
def jsonschema():
    """Not at the top: a suite's packages are installed after its tests have been collected."""
    return importlib.import_module("jsonschema")


def documents(text):
    """The JSON documents that a text consists of."""
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:]


def validate(jsonschema, text, name):
    found = list(documents(text))
    assert found
    for document in found:
        jsonschema.validate(document, {**SCHEMA, "anyOf": [{"$ref": f"#/$defs/{name}"}]})
    return found


def test_the_schema_has_every_command_and_is_valid(guest, jsonschema):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    names = {reference["$ref"].rpartition("/")[2] for reference in SCHEMA["anyOf"]}
    assert names == {name for name, _, _ in COMMANDS}
    commands = guest.sh("fpga-ctl --help | sed -n 's/^  \\([a-z][a-z]*\\)  .*/\\1/p'").split()
    assert names - {"names"} == set(commands)


@pytest.mark.parametrize("name, card, command", COMMANDS)
def test_result(guest, jsonschema, name, card, command):
    done = guest.run("sh", "-c", f"fpga-ctl --device {card} --json {command}")
    assert done.status == 0, done.stderr.decode()
    validate(jsonschema, done.stdout.decode(), name)


def test_percentiles_of_too_few_samples_are_left_out(guest, jsonschema):
    said = guest.run("sh", "-c", "fpga-ctl --device fpga0 --json bench --samples 12 register").stdout
    result, = validate(jsonschema, said.decode(), "bench")
    assert all(set(one["latency_ns"]) == {"min", "p50", "p90", "max"} for one in result["results"])


# Once it has moved something, which depends on how fast the guest is, it is ended as by ^C. (A shell
# has its background commands ignore that.)
ENDED = """
transfers() { cat /sys/class/emucard/$card/stats/transfers; }
before=$(transfers)
env --default-signal=INT fpga-ctl --device $card --json dma --len 4096 --loops 10000000 &
for _ in $(seq 600); do
	[ "$(transfers)" -le $((before + 1)) ] || break
	sleep 0.1
done
kill -INT $!
wait $!
"""


@pytest.mark.parametrize("card", ["fpga0", "edu0"])
def test_dma_that_is_ended_says_what_it_has_moved(guest, jsonschema, card):
    """The status is the signal's all the same."""
    done = guest.run("sh", "-c", f"card={card}\n{ENDED}")
    assert done.status == 128 + 2, done.stderr.decode()
    result, = validate(jsonschema, done.stdout.decode(), "dma")
    assert result["interrupted"] and result["verified"] in (True, None)
    assert result["to_card"]["bytes"] >= 4096 * result["loops"]
