"""The list of guarded lines is true of the code as it stands."""

import re

import pytest

from tests.mutants import MUTANTS, ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_line_is_there_to_be_taken_out_and_its_test_to_notice(mutant):
    assert (ROOT / mutant.file).read_text().count(mutant.old) == 1
    for test in mutant.test.split():
        path, _, name = test.partition("::")
        assert not name or re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
        assert (ROOT / path).exists()
