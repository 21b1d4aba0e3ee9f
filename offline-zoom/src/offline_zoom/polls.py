"""Makes the polls and the survey of a meeting, and what people answered and asked in an instance of it."""

from __future__ import annotations

from offline_zoom.dates import iso
from offline_zoom.meeting_content import names_of
from offline_zoom.model import Instance, Meeting, Poll, Statements

RELEASE, RETRO, QUIZ = "kQ3mT8vXR0aJp1NzY5dWcA", "nB7sL2eHTfuKq9MxV4gRyw", "tP6rD1oZSjiCw8GkE3bUhQ"
DAYS = ("Thursday, December 3", "Monday, December 7", "After the holidays", "No opinion")
SURVEY = ("Was the meeting worth your time?", "What would make it better?")
CUSTOMERS = ("Northwind", "Fabrikam; Contoso", "Tailspin", "Litware")


def add_polls(meeting: Meeting, instance: Instance) -> None:
    """Add three polls and a survey to the meeting, and answers to the instance.

    The polls are one choice, an anonymous poll, and a quiz with several choices.

    The last choice of the first poll has no votes. Zoom joins several choices with a semicolon.
    """
    single = {"name": "When should the billing page go out?", "type": "single", "answers": list(DAYS)}
    rating = {
        "name": "How useful was this meeting?",
        "type": "rating_scale",
        "rating_min_value": 1,
        "rating_max_value": 5,
        "rating_min_label": "Not useful",
        "rating_max_label": "Very useful",
    }
    written = {"name": "What should we stop doing?", "type": "long_answer"}
    multiple = {
        "name": "Which customers wait for a credit?",
        "type": "multiple",
        "answers": list(CUSTOMERS),
        "right_answers": list(CUSTOMERS[:2]),
    }
    meeting.polls = [
        Poll(RELEASE, "Release", [single]),
        Poll(RETRO, "Feedback", [rating, written], anonymous=True, poll_type=2),
        Poll(QUIZ, "Credits", [multiple], poll_type=3),
    ]
    names = names_of(instance)
    instance.poll_answers = [
        Statements(name, email_of(instance, name), named_details(instance, place)) for place, name in enumerate(names)
    ]
    words = ("Reading the numbers aloud. A table in the agenda is enough.", "Nothing, it’s fine.", "")
    add_survey(meeting, instance)
    instance.poll_answers += [
        Statements("", "", anonymous_details(instance, place, words[place % 3])) for place in range(len(names))
    ]


def add_questions(instance: Instance) -> None:
    """Add a Q&A: an answered question, one without an answer, an anonymous one."""
    names = names_of(instance)
    answered = {
        "question": "Does the new page work with two payment methods?",
        "answer": "Yes. The second one is used when the first is declined.",
    }
    open_question = {"question": "Will the old invoices keep their numbers?", "answer": ""}
    anonymous = {"question": "Can we announce the date to customers?", "answer": "Not before Thursday."}
    instance.questions = [
        Statements(names[-1], email_of(instance, names[-1]), [answered]),
        Statements(names[1 % len(names)], email_of(instance, names[1 % len(names)]), [open_question]),
        Statements("Anonymous Attendee", "", [anonymous]),
    ]


def add_survey(meeting: Meeting, instance: Instance) -> None:
    """Add a survey to the meeting, and the answers of three people to the instance: the last one is anonymous."""
    questions = [
        {"name": SURVEY[0], "type": "single", "answers": ["Yes", "No"], "answer_required": True},
        {"name": SURVEY[1], "type": "long_answer", "answer_required": False},
    ]
    meeting.survey = {
        "show_in_the_browser": True,
        "custom_survey": {
            "title": "After the sync",
            "anonymous": False,
            "numbered_questions": False,
            "show_question_type": False,
            "feedback": "Thank you.",
            "questions": questions,
        },
    }
    names = names_of(instance)[:2]
    people = [(name, email_of(instance, name)) for name in names] + [("", "")]
    at = iso((instance.ended_at or instance.started_at) + 120)
    instance.survey_answers = [
        Statements(
            name,
            email,
            [
                {"question_id": f"q{number}", "question": question, "answer": answer, "date_time": at}
                for number, (question, answer) in enumerate(
                    zip(SURVEY, ("Yes", "More time for questions."), strict=True)
                )
            ],
        )
        for name, email in people
    ]


def named_details(instance: Instance, place: int) -> list[dict[str, str]]:
    """The answers of the person at this place in the two polls with names."""
    credits = (f"{CUSTOMERS[0]};{CUSTOMERS[1]}", CUSTOMERS[0], f"{CUSTOMERS[1]};{CUSTOMERS[2]}")[place % 3]
    return [
        detail(instance, RELEASE, "When should the billing page go out?", DAYS[(0, 0, 1, 0, 2)[place % 5]], 600),
        detail(instance, QUIZ, "Which customers wait for a credit?", credits, 900),
    ]


def anonymous_details(instance: Instance, place: int, words: str) -> list[dict[str, str]]:
    """Answers in the anonymous poll."""
    return [
        detail(instance, RETRO, "How useful was this meeting?", str((5, 4, 5, 2, 3)[place % 5]), 1500),
        detail(instance, RETRO, "What should we stop doing?", words, 1520),
    ]


def detail(instance: Instance, poll_id: str, question: str, answer: str, seconds: float) -> dict[str, str]:
    """One answer, given so many seconds after the start."""
    at = iso(instance.started_at + seconds)
    return {"polling_id": poll_id, "question": question, "answer": answer, "date_time": at}


def email_of(instance: Instance, name: str) -> str:
    """The email of the person with this name, as far as Zoom knows it."""
    return next((join.email for join in instance.joins if join.name == name and join.email), "")
