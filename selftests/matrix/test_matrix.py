# SPDX-License-Identifier: GPL-2.0-or-later
"""The matrix of table.py: a test for each column, a result in it for each cell.

One column: scripts/check matrix -k 'q35 and ovmf'. MATRIX_RESULTS names a file that is to keep
the results, beside those of other columns; "page" makes a page of it.
"""

import firmwares
import pytest
import table
from column import Run, columns
from harness import is_long


def names():
    return firmwares.chosen((*firmwares.FIRMWARES, *table.NEWEST_FIRMWARES))


@pytest.mark.parametrize("column", [pytest.param(column, id=column.name)
                                    for column in columns(not is_long(), names())])
def test_column(column, subtests):
    run = Run(subtests, column)
    if run.is_known():
        pytest.skip("MATRIX_RESULTS has all of it")
    run.run()
