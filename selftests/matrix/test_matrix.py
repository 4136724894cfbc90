# SPDX-License-Identifier: GPL-2.0-or-later
"""The matrix of table.py: a test for each column, a result in it for each cell.

One column: scripts/check matrix -k 'q35 and ovmf'. MATRIX_RESULTS names a file that is to keep
the results, beside those of other columns; "page" makes a page of it.
"""

import os

import firmwares
import pytest
import results
from column import Run, columns
from harness import is_long


@pytest.mark.parametrize("column", [pytest.param(column, id=column.name)
                                    for column in columns(not is_long(), firmwares.chosen())])
def test_column(column, subtests):
    run = Run(subtests, column)
    run.run()
    path = os.environ.get("MATRIX_RESULTS")
    if path:
        results.save(path, {**results.load(path), column.name: run.results})
