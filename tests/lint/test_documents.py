"""The documents are consistent: links, anchors, paths and quoted messages exist in the repository, comments refer only to
documents in the repository, README.md stays short and names every page, and the C example is the one that tests build."""
import os
import pathlib
import re
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["VOXSTAT_SOURCE"])
README_MAX = 9000 # characters
LANGUAGES = {"sh", "text", "c", "python", "r"} # blocks of `sh` are run by tests/cli/test_documents.py
CODE = {".c", ".h", ".cl", ".py", ".sh", ".cmake", ".mjs", ".js", ".css", ".toml"}
FOLDERS = ("bench", "cmake", "contrib", "docs", "host", "include", "kernels", "sample_data", "tests", ".ci")
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)


def documents(root):
    """Every page of the repository, without built or downloaded ones."""
    pages = list(root.glob("*.md"))
    for folder in FOLDERS:
        pages += (root / folder).rglob("*.md")
    return [page for page in pages if "node_modules" not in page.parts]


def anchors(text):
    """The anchors that GitHub makes of the headings."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(root, page, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        if not there.exists():
            yield f"{page.relative_to(root)}: the link {target} leads nowhere"
        elif anchor and anchor not in anchors(there.read_text(encoding="utf-8")):
            yield f"{page.relative_to(root)}: {target}: there is no such heading"


def missing_paths(root, page, text):
    """Code spans that are paths of the repository."""
    for span in re.findall(r"`([^`\s]+)`", FENCE.sub("", text)):
        if span.split("/")[0] in FOLDERS and "/" in span and not re.search(r"[<>{}…]|node_modules", span):
            there = root.glob(span) if "*" in span else [root / span]
            if not any(path.exists() for path in there):
                yield f"{page.relative_to(root)}: there is no {span}"


def absent_documents(root):
    """Comments and strings of the source that name a document."""
    for folder in ("host", "include", "kernels", "bench", "tests"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in CODE or "node_modules" in path.parts or path.parent.name == "lint":
                continue
            for name in re.findall(r"[\w/.-]+\.md\b", path.read_text(encoding="utf-8", errors="replace")):
                elsewhere = re.search(r"\bshared?/", name) # the installed files, and the real data
                if not elsewhere and not any((at / name).exists() for at in (root, path.parent)):
                    yield f"{path.relative_to(root)}: refers to {name}, which is not here"


def unknown_messages(root):
    """The messages that docs/troubleshooting.md quotes, with `…` for variable parts, are the program's."""
    literals = ""
    for path in (root / "host").rglob("*.c"):
        literals += re.sub(r'"\s*"', "", path.read_text(encoding="utf-8"))
    page = root / "docs/troubleshooting.md"
    rows = re.findall(r"^\| `([^`]+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE) if page.exists() else []
    for quoted in rows:
        for part in filter(None, (part.strip() for part in quoted.split("…"))):
            if part not in literals:
                yield f"docs/troubleshooting.md: no message says '{part}'"


def offences(root):
    for page in documents(root):
        text = page.read_text(encoding="utf-8")
        yield from broken_links(root, page, text)
        yield from missing_paths(root, page, text)
        if page == root / "README.md" or page.parent == root / "docs":
            for language in re.findall(r"^ *```(.*)\n(?:.*\n)*?^ *```$", text, re.MULTILINE):
                if language not in LANGUAGES:
                    yield f"{page.relative_to(root)}: a block of the language '{language}', not {sorted(LANGUAGES)}"
    yield from absent_documents(root)
    yield from unknown_messages(root)
    readme = (root / "README.md").read_text(encoding="utf-8")
    if len(readme) > README_MAX:
        yield f"README.md: {len(readme)} characters, at most {README_MAX}: a page in docs/ takes more"
    for page in sorted(root.glob("docs/*.md")):
        if not re.search(rf"\(docs/{page.name}[#)]", readme):
            yield f"README.md: does not name docs/{page.name}"
    library = (root / "docs/library.md").read_text(encoding="utf-8")
    example = (root / "tests/unit/example.c").read_text(encoding="utf-8")
    if re.findall(r"^```c\n(.*?)^```$", library, re.MULTILINE | re.DOTALL) != [example]:
        yield "docs/library.md: shows another program than tests/unit/example.c"
    for header in sorted(root.glob("include/voxstat/*.h")):
        if header.name != "voxstat.h" and f"`include/voxstat/{header.name}`" not in library: # voxstat.h has all of them
            yield f"docs/library.md: does not name include/voxstat/{header.name}"


def check_the_checks():
    """Each planted offence is found once, and a good tree has none."""
    good = {"README.md": "# A b: c\n[l](docs/library.md) [s](docs/s.md#t-w) [a](#a-b-c) [t](docs/troubleshooting.md)\n"
                         "`tests/unit/*.c` `host/<a>.c`\n",
            "docs/library.md": "```c\nint x;\n```\n", "tests/unit/example.c": "int x;\n", "docs/s.md": "## T w\n",
            "docs/troubleshooting.md": "| `cannot … it` | x |\n", "host/b.c": '"can"\n"not %s it"\n',
            "host/a.c": "/* see docs/s.md */\n"}
    planted = [{"docs/s.md": "## T w\n[x](none.md)\n"}, {"docs/s.md": "## T w\n[x](#none)\n"}, {"docs/s.md": "## T\n"},
               {"docs/s.md": "## T w\n`host/none.c`\n"}, {"docs/s.md": "## T w\n`kernels/*.cl`\n"},
               {"docs/s.md": "## T w\n```\nls\n```\n"}, {"host/a.c": "/* see elsewhere.md */\n"},
               {"README.md": good["README.md"] + "x" * README_MAX}, {"docs/new.md": "# New\n"},
               {"docs/library.md": "```c\nint y;\n```\n"}, {"docs/troubleshooting.md": "| `can … them` | x |\n"},
               {"include/voxstat/x.h": "int x;\n"}]
    for change in [{}, *planted]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**good, **change}.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            found = list(offences(pathlib.Path(folder)))
            assert len(found) == bool(change), (change, found)


check_the_checks()
FOUND = list(offences(SOURCE))
print("\n".join(FOUND) if FOUND else "links, paths and examples of the documents are in order")
sys.exit(bool(FOUND))
