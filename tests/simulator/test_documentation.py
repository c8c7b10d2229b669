import re

from simulator.sim_api.routes import ROUTES
from simulator.web_api.methods import METHODS
from tests.simulator.office import ROOT

README = (ROOT / "simulator" / "README.md").read_text(encoding="utf-8")


def documented_routes() -> set[str]:
    table = {
        re.sub(r"\{\w+\}", "{}", route) for route in re.findall(r"`((?:GET|POST) /sim/[\w/{}]+)`", README)
    }
    control = README.split("`POST /sim/control/…`")[1].split("\n\n")[0]
    return table | {f"POST /sim/control/{name}" for name in re.findall(r"^\| `(\w+)` \|", control, re.M)}


def documented_methods() -> set[str]:
    listed = README.split("Methods: ")[1].split(" Any other")[0]
    methods = set()
    for name in re.findall(r"`([^`]+)`", listed):
        family, _, names = name.partition(".")
        methods |= {f"{family}.{each}" for each in names.strip("{}").split(",")}
    return methods


def test_every_route_of_sim_is_documented() -> None:
    routes = {re.sub(r"\{\w+\}", "{}", f"{verb} {path}") for verb, path, _ in ROUTES}
    assert routes | {"GET /sim/files/{}", "GET /sim/events"} == documented_routes()


def test_every_method_of_the_web_api_is_documented() -> None:
    assert METHODS.keys() == documented_methods()
