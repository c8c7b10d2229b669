"""Layers import downward only, and nothing that is deployed knows the tools around it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "app": {"aws", "settings", "wiring"},
    "wiring": {"aws", "blocks", "jobs", "listeners", "oauth", "runs", "settings"},
    "aws": {"listeners", "oauth", "runs", "settings"},
    "listeners": {"blocks", "oauth", "runs"},
    "blocks": {"runs"},
    "jobs": {"runs"},
    "oauth": set(),
    "runs": set(),
    "settings": set(),
    "simulator": set(),
    "ops": {"aws", "oauth", "runs", "settings"},
    "bench": {"aws", "blocks", "oauth", "ops", "runs", "settings"},
}


def modules_of(layer: str) -> list[Path]:
    single = ROOT / f"{layer}.py"
    return [single] if single.exists() else sorted((ROOT / layer).rglob("*.py"))


def layers_imported_by(module: Path) -> set[str]:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively, which this test cannot follow"
            imported.add(node.module or "")
    return {name.partition(".")[0] for name in imported} & MAY_IMPORT.keys()


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    assert modules_of(layer), f"{layer} has moved: mend MAY_IMPORT"
    for module in modules_of(layer):
        unexpected = layers_imported_by(module) - MAY_IMPORT[layer] - {layer}
        assert not unexpected, f"{module.relative_to(ROOT)} imports {unexpected}"


def test_every_top_level_package_is_a_known_layer() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} == {name for name in MAY_IMPORT if not (ROOT / f"{name}.py").exists()}
