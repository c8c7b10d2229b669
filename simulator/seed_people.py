"""Who works at Tidewell, a small company that makes ticketing for ferry lines, and where they talk."""

from dataclasses import dataclass

TEAM = "Tidewell"
DOMAIN = "tidewell"
DEFAULT_PERSON = "ann"


@dataclass(frozen=True)
class Person:
    name: str
    real_name: str
    title: str
    color: str
    role: str = ""


@dataclass(frozen=True)
class Place:
    name: str
    kind: str
    topic: str
    purpose: str
    members: tuple[str, ...]
    has_bot: bool = False
    archived: bool = False


@dataclass(frozen=True)
class Team:
    """A user group, mentioned as @handle."""

    handle: str
    name: str
    description: str
    members: tuple[str, ...]
    disabled: bool = False


PEOPLE = (
    Person("ann", "Ann Lindqvist", "Product engineer", "2f6f8f"),
    Person("margit", "Margit Holm", "Founder", "8a4f7d", role="owner"),
    Person("tomas", "Tomás Rivera", "Backend engineer", "b3592f"),
    Person("priya", "Priya Nair", "Frontend engineer", "3f7d4e"),
    Person("jonas", "Jonas Weber", "Platform engineer", "4a5aa8"),
    Person("leila", "Leila Haddad", "Support lead", "a8742a"),
    Person("sam", "Sam Okoro", "Designer", "7a3fa0"),
    Person("wen", "Wen Zhao", "Data analyst", "1f7a78"),
    Person("elodie", "Élodie Marchand", "Accounts", "a3405e"),
    Person("ben", "Ben Carter", "Contractor, mobile", "5d6b3a", role="guest"),
    Person("oskar", "Oskar Lund", "Left in spring", "6b6b6b", role="gone"),
)

EVERYBODY = ("ann", "margit", "tomas", "priya", "jonas", "leila", "sam", "wen", "elodie")
PLACES = (
    Place(
        "general",
        "public",
        "Company news and what everybody should know",
        "The one channel everybody is in.",
        EVERYBODY,
        has_bot=True,
    ),
    Place(
        "engineering",
        "public",
        "Deploys on weekdays before 16:00 :anchor:",
        "Code, reviews, deploys.",
        ("ann", "tomas", "priya", "jonas", "wen", "ben"),
        has_bot=True,
    ),
    Place(
        "support",
        "public",
        "Rota: Leila, Ann, Élodie",
        "Questions from the ferry lines.",
        ("ann", "leila", "elodie", "priya", "wen"),
        has_bot=True,
    ),
    Place("random", "public", "", "Dogs, boats, lunch.", EVERYBODY),
    Place(
        "releases",
        "public",
        "One message a release",
        "What went out, and when.",
        ("tomas", "priya", "jonas", "sam", "margit"),
    ),
    Place(
        "leadership",
        "private",
        "",
        "Money and people.",
        ("margit", "elodie", "leila"),
        has_bot=True,
    ),
    Place(
        "incident-review",
        "private",
        "Blameless, always",
        "What happened and what we change.",
        ("jonas", "tomas", "margit"),
    ),
    Place(
        "summer-launch",
        "public",
        "",
        "Done! The app has been live since July.",
        ("ann", "sam", "priya", "margit"),
        archived=True,
    ),
)
# Ben is a guest and Oskar has left: whoever asks a group for its people has to look at each of them.
TEAMS = (
    Team(
        "platform",
        "Platform team",
        "Deploys, databases, being on call",
        ("jonas", "tomas", "priya", "ben", "oskar"),
    ),
    Team("support-rota", "Support rota", "Who answers the ferry lines this week", ("leila", "ann", "elodie")),
    Team("harbour-pilots", "Harbour pilots", "Of the pilot project of 2024", ("sam",), disabled=True),
)
DIRECT = (("ann", "leila"), ("ann", "tomas"))
