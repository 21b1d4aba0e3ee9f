"""A pasted list or a CSV file becomes people: columns, separators, faults, doubles."""

import pytest

from zoomapp.registration.pasted_people import (
    INCOMPLETE_EMAIL,
    LONG_NAME,
    NO_EMAIL,
    NO_FIRST_NAME,
    read_people,
)


def people(text):
    return [(person.email, person.first_name, person.last_name) for person in read_people(text)]


ANA = ("ana@norte.example", "Ana", "de la Rey")


@pytest.mark.parametrize(
    "text",
    [
        "ana@norte.example, Ana, de la Rey",
        "ana@norte.example;Ana;de la Rey",
        "ana@norte.example\tAna\tde la Rey",
        "Ana, de la Rey, ana@norte.example",
        '"Ana","de la Rey","ana@norte.example"',
        "Ana de la Rey <ana@norte.example>",
        "ana@norte.example, Ana de la Rey",
        "\ufeffFirst Name,Last Name,Email\r\nAna,de la Rey,ana@norte.example\r\n",
        "E-mail;Name\nana@norte.example;Ana de la Rey",
        "company\tsurname\tgiven name\tEmail Address\nNorte\tde la Rey\tAna\tana@norte.example",
    ],
)
def test_columns_are_found_by_their_header_or_by_what_is_in_them(text):
    assert people(text) == [ANA]


def test_lines_have_their_numbers_and_faults():
    found = read_people("\n\njo@mail, Jo\n,,\nJo, Blake\niris@studio.example\nx@y.example, " + "x" * 65)

    assert [(person.line, person.fault) for person in found] == [
        (3, INCOMPLETE_EMAIL),
        (5, NO_EMAIL),
        (6, NO_FIRST_NAME),
        (7, LONG_NAME),
    ]


def test_an_address_that_comes_twice_counts_once_in_any_case():
    found = read_people("a@x.example, A\nA@X.example, B\nb@x.example, B\na@x.example, C")

    assert [person.same_as for person in found] == [0, 1, 0, 1]


def test_hostile_lists_are_read_without_an_error():
    assert people('\'=1+1@x.example, \'=cmd()\x00\x07\u202e, "un"closed"') == [
        ("=1+1@x.example", "=cmd()", 'unclosed"')
    ]
    assert len(read_people("a@x.example,A\n" * 20_000)) == 20_000
    assert read_people("") == read_people("\ufeff\n ,\t;\n") == ()
    assert read_people("email,first name")[:1] == ()
