# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of the results: every cell that there is, also those that were not run."""

import bases
import cards
import firmwares
import markdown
import markdown_bases
import markdown_cards
import markdown_memory
import memory
import table
from notes import Notes


def rows(lines, first):
    """The cells of the rows that begin with a cell of this text."""
    split = ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines)
    return [cells[1:] for cells in split if cells[0] == first]


def bases_results(found):
    cells = {cell.key: cell.name for cell in bases.cells((*firmwares.FIRMWARES, "seabios:sid"))}
    return {"bases": {(cells[key], "boot"): outcome for key, outcome in found.items()}}


def test_each_base_has_a_cell():
    notes = Notes()
    refusal = "qemu-system-x86_64: dec-21154 'dec': its ports {}-{} meet 'b{}': use others\n(off starts it.)"
    results = bases_results({
        ("pc", "seabios", 0x2000, "alone"): bases.HOLDS,
        ("pc", "ovmf", 0x2000, "alone"): refusal.format("0x2000", "0x2fff", 1),
        ("q35", "seabios", 0x2000, "alone"): refusal.format("0x2000", "0x27ff", 3),
        ("q35", "ovmf", 0x2000, "alone"): bases.LOST,
        ("pc", "seabios", 0x2000, "crowded"): bases.DOWN,
    })  # fmt: skip
    lines = markdown_bases.lines(results, firmwares.FIRMWARES, notes)
    none = ["not run"] * 4
    assert rows(lines, "0x2000") == [
        ["holds", "refused<sup>1</sup>", "refused<sup>1</sup>", "**lost**"],
        ["**does not boot**", *none[1:]],
        none,
    ]
    assert rows(lines, "0xf000") == [none, none, none]
    assert notes.lines() == ["1. `dec-21154 'dec': its ports BASE-LIMIT meet 'bN': use others`"]
    assert "Of 180 machines 1 hold, 2 are refused, 1 are lost, 1 do not boot, 175 were not run." in lines


def test_firmware_of_another_release_has_a_column():
    results = bases_results({("pc", "seabios:sid", 0x1000, "alone"): bases.HOLDS})
    results[cards.column("q35", "ovmf:sid", True)] = {("s1f0 BAR 0", "cold boot"): "held 0x2000"}
    results["pc, seabios:trixie, 6.1, one card"] = {("fpga", "cold boot"): "held"}
    names = markdown.firmware_names(results)
    assert names == ["seabios", "ovmf", "seabios:trixie", "seabios:sid", "ovmf:sid"]
    lines = markdown_bases.lines(results, names, Notes())
    column = rows(lines, "Window from")[0].index("pc, SeaBIOS of sid")
    assert rows(lines, "0x1000")[0][column] == "holds"


def test_firmware_of_another_table_has_no_column(monkeypatch):
    monkeypatch.setattr(markdown, "_versions", lambda *of: "these")
    results = bases_results({("pc", "seabios", 0x1000, "alone"): bases.HOLDS})
    for layout in table.LAYOUTS:
        results[f"pc, seabios:sid, 7.3, {layout.name}"] = {(card.id, "cold boot"): "held" for card in layout.cards}
    page = markdown.page(results, None, [])
    assert "| pc, SeaBIOS of sid, 7.3 |" in page
    assert "Of 180 machines 1 hold, 0 are refused, 179 were not run." in page.splitlines()


def test_cards_name_machines_that_differ():
    first, second = (cards.column("pc", firmware, True) for firmware in firmwares.FIRMWARES)
    bars = [cards.bar_id(card, bar) for card in cards.CARDS for bar in card.bars]
    results = {first: {(bar, event.name): "held 0x2000" for bar in bars for event in cards.EVENTS}}
    results[second] = {**results[first], (bars[0], "kexec"): "FAILED 0x2400",
                          (bars[1], "removed and rescanned"): "lost 0x2000"}  # fmt: skip
    del results[second][bars[0], "live migration"]
    results[first][bars[2], "kexec"] = results[second][bars[2], "kexec"] = cards.NO_PORTS
    notes = Notes()
    lines = markdown_cards.lines(results, firmwares.FIRMWARES, notes)
    cells = dict(zip((event.name for event in cards.EVENTS), rows(lines, "rtl8139 in 01.0, BAR 0")[0]))
    assert cells["cold boot"] == "0x2000"
    assert cells["kexec"] == "0x2000 (pc, SeaBIOS)<br>**FAILED** 0x2400 (pc, OVMF)"
    assert cells["live migration"] == "0x2000 (pc, SeaBIOS)<br>not run (pc, OVMF)"
    assert "lost<sup>1</sup>, answers at 0x2000 (pc, OVMF)" in rows(lines, "e1000 in 02.0, BAR 1")[0][-1]
    assert "Not run: q35, SeaBIOS; q35, OVMF." in lines
    assert "Not run: pc, SeaBIOS; pc, OVMF; q35, SeaBIOS; q35, OVMF." in lines
    assert rows(lines, "ne2k_pci in 03.0, BAR 0")[0][3] == "none<sup>2</sup>"
    assert len(notes.lines()) == 2


def test_memory_windows_have_a_row_for_each_bar():
    bars = [card.bar_id(bar) for card in memory.CARDS for bar in card.bars]
    column = memory.column("q35", "ovmf:sid", False)
    results = {column: {(bars[0], "cold boot"): "works 0x50000000", (bars[1], "cold boot"): "FAILED none"}}
    assert markdown_memory.firmware_of(results) == ["ovmf:sid"]
    lines = markdown_memory.lines(results, ["ovmf:sid"], Notes())
    first, second = (rows(lines, f"`{memory.CARDS[number].bridge.name}`: rtl8139 in 01.0, BAR 1")[0]
                     for number in (0, 1))
    assert first[:2] == ["0x50000000", "not run"]
    assert second[0] == "**FAILED** none"
    assert sum(" in 0" in line for line in lines) == len(bars)
    assert "Not run: pc, OVMF of sid." in lines


def test_machines_have_each_cell_once():
    shared = [cell for cells in bases.machines(firmwares.FIRMWARES) for cell in cells]
    assert sorted(cell.key for cell in shared) == sorted(cell.key for cell in bases.cells(firmwares.FIRMWARES))
