"""Results of polls: choices, counts, written answers; with and without the polls' definitions."""

import pytest

from zoomapp.meeting_content.poll_choices import Choices, split_choices
from zoomapp.meeting_content.poll_names import Names
from zoomapp.meeting_content.polls import poll_results
from zoomapp.zoom.polls import read_poll_answers, read_polls, read_questions

QUESTION = "Which day?"


def detail(answer, question=QUESTION, poll_id="p1"):
    return {"polling_id": poll_id, "question": question, "answer": answer, "date_time": "2026-03-02T10:05:00Z"}


def answered(*answers, **more):
    """The answers of people with different names."""
    rows = [
        {"name": f"Person {n}", "email": "", "question_details": [detail(text, **more)]}
        for n, text in enumerate(answers)
    ]
    return read_poll_answers({"questions": rows})


def defined(kind, options=(), **more):
    poll = {name: more.pop(name) for name in ("anonymous", "poll_type", "id") if name in more}
    question = {"name": QUESTION, "type": kind, "answers": list(options), **more}
    return read_polls({"polls": [{"id": "p1", "title": "Days", **poll, "questions": [question]}]})


def counts(result):
    return [(choice.text, choice.count) for choice in result.choices]


def test_choices_are_in_the_order_of_the_poll_with_those_that_nobody_took():
    (result,) = poll_results(answered("Tue", "Mon", "Tue"), defined("single", ["Mon", "Tue", "Wed"])).questions

    assert counts(result) == [("Mon", 1), ("Tue", 2), ("Wed", 0)]
    assert [choice.is_top for choice in result.choices] == [False, True, False]
    assert [round(choice.percent) for choice in result.choices] == [33, 67, 0]


def test_without_a_definition_the_choices_are_what_people_answered():
    found = poll_results(answered("Tue", "Mon", "Tue"))

    assert counts(found.questions[0]) == [("Mon", 1), ("Tue", 2)]
    assert found.lacks_choices
    assert not poll_results(answered("Tue"), defined("single", ["Mon", "Tue"])).lacks_choices


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("A;B", ("A", "B")),
        ("A; B", ("A", "B")),
        ("B;x;y", ("B", "x;y")),
        ("x;y", ("x;y",)),
        ("A;A", ("A",)),
        ("A;unknown;B", ("A", "unknown", "B")),
        (";;A;", ("A",)),
    ],
)
def test_several_choices_in_one_text_are_split_at_semicolons_outside_of_choices(text, parts):
    assert split_choices([text], Choices(["A", "B", "x;y"]), several=True) == parts


def test_answer_to_a_single_choice_is_not_split():
    (result,) = poll_results(answered("A;B"), defined("single", ["A", "B"])).questions

    assert counts(result) == [("A", 0), ("B", 0), ("A;B", 1)]


def test_without_a_definition_an_answer_is_split_only_if_others_gave_a_part_of_it():
    (several,) = poll_results(answered("A;B", "A", "B;C")).questions
    (sentences,) = poll_results(answered("Fast; but loud", "Fast")).questions

    assert counts(several) == [("A", 2), ("B", 2), ("C", 1)]
    assert sentences.is_written


def test_answer_of_many_semicolons_is_one_choice():
    """Splitting it would take time with the square of its length."""
    text = ";".join("abcdefghij" * 30)

    (result,) = poll_results(answered(text, "A"), defined("multiple", ["A"])).questions

    assert counts(result) == [("A", 1), (text, 1)]


def test_several_answers_in_a_list_are_several_choices():
    (result,) = poll_results(answered(["A", "B"], ["B"]), defined("multiple", ["A", "B"])).questions

    assert counts(result) == [("A", 1), ("B", 2)]
    assert result.allows_several


def test_quiz_counts_who_took_exactly_the_right_choices():
    quiz = defined("multiple", ["A", "B", "C"], poll_type=3, right_answers=["A", "B"])

    (result,) = poll_results(answered("B;A", "A", "A;B;C"), quiz).questions

    assert result.right == 1
    assert [choice.is_right for choice in result.choices] == [True, True, False]


def test_rating_has_an_average_and_steps_from_high_to_low():
    rating = defined("rating_scale", rating_min_value=1, rating_max_value=3, rating_max_label="Good")

    (result,) = poll_results(answered("3", 2, "3"), rating).questions

    assert counts(result) == [("3", 2), ("2", 1), ("1", 0)]
    assert result.choices[0].label == "Good"
    assert round(result.average, 2) == 2.67


def test_written_answers_are_no_choices():
    (result,) = poll_results(answered("Same", "Same"), defined("long_answer")).questions

    assert result.is_written
    assert [answer.answers for answer in result.answers] == [("Same",), ("Same",)]


def test_names_are_shown_only_if_the_definition_says_that_the_poll_is_not_anonymous():
    def names(answers, polls=()):
        (result,) = poll_results(answers, polls).questions
        assert result.shows_names or not any(answer.name or answer.email for answer in result.answers)
        return result.names

    nameless = read_poll_answers({"questions": [{"name": "", "question_details": [detail("A")]}]})
    assert names(answered("A"), defined("single", ["A"])) is Names.SHOWN
    assert names(answered("A"), defined("single", ["A"], anonymous=True)) is Names.ANONYMOUS
    assert names(answered("A"), defined("single", ["A"], anonymous={"odd": 1})) is Names.ANONYMOUS
    assert names(answered("A"), defined("single", ["A"], id="another")) is Names.MAYBE_ANONYMOUS
    assert names(answered("A")) is Names.MAYBE_ANONYMOUS
    assert names(nameless) is names(nameless, defined("single", ["A"])) is Names.NOT_SENT


@pytest.mark.parametrize("question", ["Which day, as it was asked then?", ""])
def test_question_that_an_anonymous_poll_no_longer_has_is_anonymous(question):
    """The host changed its text later, or Zoom sends none."""
    poll = {"id": "p1", "title": "Days", "anonymous": True, "questions": [{"name": "Q1"}, {"name": "Q2"}]}

    results = poll_results(answered("A", question=question), read_polls({"polls": [poll]})).questions

    assert [(result.title, result.names, len(result.answers)) for result in results] == [
        ("Days", Names.ANONYMOUS, 0),
        ("Days", Names.ANONYMOUS, 0),
        ("Days", Names.ANONYMOUS, 1),
    ]
    assert not results[2].answers[0].name


@pytest.mark.parametrize("polls", [defined("long_answer", anonymous=True), ()])
def test_answers_without_names_are_sorted_and_have_no_times(polls):
    """Zoom sends the rows of an anonymous poll in the same order as those of a poll with names."""
    (result,) = poll_results(answered("C", "A", "B"), polls).questions

    assert [answer.answers for answer in result.answers] == [("A",), ("B",), ("C",)]
    assert not any(answer.answered_at for answer in result.answers)


def test_choices_of_an_anonymous_poll_do_not_show_who_answered_first():
    (result,) = poll_results(answered("C", "A", "C", "A")).questions

    assert counts(result) == [("A", 2), ("C", 2)]


def test_answers_with_names_keep_zooms_order_and_times():
    (result,) = poll_results(answered("C", "A"), defined("long_answer")).questions

    assert [answer.answers for answer in result.answers] == [("C",), ("A",)]
    assert all(answer.answered_at for answer in result.answers)


def test_definition_is_found_by_the_question_if_the_poll_has_another_id():
    polls = defined("single", ["Mon", "Tue"], id="another")

    (result,) = poll_results(answered("Mon"), polls).questions

    assert (result.title, counts(result)) == ("Days", [("Mon", 1), ("Tue", 0)])


def test_same_question_in_two_polls_is_counted_twice():
    rows = [*answered("Mon").items, *answered("Tue", poll_id="p2").items]

    results = poll_results(type(answered())(tuple(rows))).questions

    assert len(results) == 2


def test_poll_that_was_not_launched_is_left_out_and_an_unanswered_question_of_a_launched_one_is_not():
    questions = [{"name": QUESTION, "type": "single", "answers": ["A"]}, {"name": "Why?", "type": "long_answer"}]
    polls = [{"id": "p1", "questions": questions}, {"id": "p2", "questions": [{"name": "Later?", "type": "single"}]}]

    results = poll_results(answered("A"), read_polls({"polls": polls})).questions

    assert [(result.text, len(result.answers)) for result in results] == [(QUESTION, 1), ("Why?", 0)]


def test_two_people_with_the_same_name_are_two_answers():
    rows = [{"name": "Kim Lee", "email": "", "question_details": [detail(text)]} for text in ("A", "A")]

    (result,) = poll_results(read_poll_answers({"questions": rows})).questions

    assert counts(result) == [("A", 2)]


@pytest.mark.parametrize("answer", [{}, {"a": 1}, True, 4.5, [{}], ["A", None, {}]])
def test_answer_of_an_odd_type_is_counted_as_unreadable(answer):
    assert (len(answered("A", answer)), answered("A", answer).unreadable) == (1, 1)


@pytest.mark.parametrize("answer", [None, "", "  ", [], [""]])
def test_missing_answer_is_a_question_left_out(answer):
    (result,) = poll_results(answered("A", "A", answer)).questions

    assert len(result.answers) == 2
    assert answered(answer).unreadable == 0


@pytest.mark.parametrize("row", [None, 7, "x", [], {}, {"question_details": None}, {"question_details": "x"}])
def test_row_without_details_is_counted_as_unreadable(row):
    assert read_poll_answers({"questions": [row]}).unreadable == 1
    assert read_questions({"questions": [row]}).unreadable == 1


def test_question_with_an_answer_of_an_odd_type_is_counted_as_unreadable():
    rows = [{"name": "A", "question_details": [{"question": "Q", "answer": {"x": 1}}, {"answer": "x"}]}]

    assert read_questions({"questions": rows}).unreadable == 2


def test_questions_of_zooms_report_have_a_status_and_times():
    answer = {"content": "Yes", "name": "Dana", "create_time": "2026-03-02T10:06:00Z"}
    details = [
        {"question": "Q1", "question_status": "answered", "answer_details": [answer, {"content": " "}]},
        {"question": "Q2", "question_status": "open", "create_time": "2026-03-02T10:05:00Z", "answer": ""},
        {"question": "Q3", "question_status": "dismissed"},
        {"question": "Q4", "answer": ""},
    ]

    questions = list(read_questions({"questions": [{"name": "Anonymous Attendee", "question_details": details}]}))

    assert [question.state for question in questions] == ["Answered", "Open", "Dismissed", "No answer"]
    assert [answer.name for answer in questions[0].answers] == ["Dana"]
    assert questions[1].asked_at is not None
    assert all(question.is_anonymous for question in questions)


def test_question_that_was_answered_aloud_or_only_commented_has_the_state_of_the_report():
    comment = {"content": "Same here", "name": "Kim", "type": "participant_commented"}
    details = [
        {"question": "Q1", "question_status": "answered"},
        {"question": "Q2", "question_status": "open", "answer_details": [comment]},
    ]

    live, commented = read_questions({"questions": [{"name": "Lee", "question_details": details}]})

    assert (live.state, live.is_open) == ("Answered live", False)
    assert (commented.state, commented.is_open, len(commented.answers)) == ("Open", True, 1)


RANKED = [{"prompt_question": name} for name in ("Speed", "Price", "Look; feel")]


@pytest.mark.parametrize(
    ("options", "prompts", "given"),
    [
        (
            ["1st", "2nd", "3rd"],
            RANKED,
            ["Speed: 1st;Price: 3rd;Look; feel: 2nd", "Price:2nd;Speed:1st;Look; feel:3rd"],
        ),
        ([], RANKED, ["Speed;Look; feel;Price", ["Speed", "Price", "Look; feel"]]),
        (["Speed", "Price", "Look; feel"], [], ["Speed;Look; feel;Price", "Speed; Price; Look; feel"]),
        (["1st", "2nd", "3rd"], RANKED, ["1st;3rd;2nd", "1st;2nd;3rd"]),
    ],
)
def test_ranking_has_the_average_place_of_each_prompt_best_first(options, prompts, given):
    (result,) = poll_results(answered(*given), defined("rank_order", options, prompts=prompts)).questions

    assert [(prompt.text, prompt.place) for prompt in result.prompts] == [
        ("Speed", 1.0),
        ("Price", 2.5),
        ("Look; feel", 2.5),
    ]
    assert not result.is_written


def test_matching_has_the_answers_to_each_prompt_and_its_right_one():
    prompts = [
        {"prompt_question": "Peru", "prompt_right_answers": ["Lima"]},
        {"prompt_question": "Chile", "prompt_right_answers": ["Santiago"]},
    ]
    matching = defined("matching", ["Lima", "Santiago"], prompts=prompts, poll_type=3)

    (result,) = poll_results(
        answered("Peru - Lima;Chile - Santiago", "Chile - Lima", "Lima;Santiago"), matching
    ).questions

    peru, chile = result.prompts
    assert [(each.text, each.count, round(each.percent), each.is_right) for each in chile.answers] == [
        ("Lima", 1, 33, False),
        ("Santiago", 2, 67, True),
    ]
    assert (peru.text, peru.count, peru.place) == ("Peru", 2, None)


@pytest.mark.parametrize("text", ["something else", ";".join("abc" * 100), "Speedy: 1", "Speed:"])
def test_ranking_that_cannot_be_read_is_shown_as_written_answers(text):
    ranking = defined("rank_order", ["1", "2", "3"], prompts=RANKED)

    (result,) = poll_results(answered("Speed: 1;Price: 2", text), ranking).questions

    assert result.prompts == () and result.is_written
    assert [answer.answers for answer in result.answers] == [("Speed: 1;Price: 2",), (text,)]
