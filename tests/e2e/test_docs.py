"""Commands that the documents show must exist as they are shown."""

import pathlib
import re
import shlex

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["README.md", "docs/operator.md", "docs/roles.md", "docs/security.md", "ARCHITECTURE.md"]


def shown(page):
    """Each `salve …` command of a page: in code blocks, and in backquotes."""
    text = (ROOT / page).read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    found = re.findall(r"(?:^|; )(salve [^;#\n]*)", blocks, re.M)
    return [c.strip() for c in found + re.findall(r"`(salve [^`]*)`", text)]


@pytest.mark.parametrize("page", PAGES[:4])
def test_commands_and_options_exist(salve, page):
    commands = shown(page)
    assert commands, f"{page} shows no command: look at how this test reads it"
    overview = salve.run("--help").stdout
    names = sorted(re.findall(r"^  (\S+(?: \S+)?)\s{2,}", overview, re.M), key=len, reverse=True)
    for command in commands:
        line = command[len("salve "):].replace("list|sync|import|show", "list")
        name = next((n for n in names if (line + " ").startswith(n + " ")), None)
        assert name, f"{page}: '{command}' names no command"
        help_text = salve.run(*name.split(), "--help").stdout
        for word in shlex.split(line):
            if word.startswith("--"):
                assert word.split("=")[0] in help_text, f"{page}: '{command}': {word}"


def test_relative_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text()):
            assert ((ROOT / page).parent / target).exists(), f"{page} → {target}"


def test_exit_codes_of_the_guide_are_those_of_the_program(salve):
    guide = (ROOT / "docs/operator.md").read_text()
    told = {int(n) for row in re.findall(r"^\| ([\d, ]+) \|", guide, re.M)
            for n in re.findall(r"\d+", row)}
    manual = salve.run("help", "--man").stdout.split("# EXIT STATUS")[1]
    assert told == {int(n) for n in re.findall(r"^\*(\d+)\*$", manual, re.M)}
