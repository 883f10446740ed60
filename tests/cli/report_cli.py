"""Shared by the tests of the report: a page to query, and a study with results to report."""
import html
import html.parser
import os
import re
import urllib.parse

import numpy as np

import voxstat_cli

SECTIONS = ["question", "viewer", "effects", "quality", "design", "limits", "methods", "checklist", "provenance"]
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(html.parser.HTMLParser):
    """A page as a tree that is flat enough to ask: text by section, tables by class, figures, links, ids."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.ids, self.links, self.images, self.scripts, self.tags, self.headings = [], [], [], 0, set(), []
        self.tables, self.text, self.captions, self.open = [], {"": ""}, [], []
        self.attributes = []
        self.feed(path.read_text(encoding="ascii"))
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs.items()]
        if tag not in VOID:
            self.open.append((tag, attrs))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs["href"])
        if tag == "img":
            self.images.append(attrs)
        if tag == "script" and attrs.get("type", "module") == "module":
            self.scripts += 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])
        if tag == "table":
            self.tables.append((attrs, []))
        if tag == "tr" and self.tables:
            self.tables[-1][1].append([])
        if tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
        if tag == "figcaption":
            self.captions.append("")

    def handle_endtag(self, tag):
        opened, _ = self.open.pop()
        assert opened == tag, (opened, tag, self.getpos())

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        if tags and tags[-1] in ("script", "style"): # programs, some of them not ours
            return
        for tag, attrs in self.open:
            if tag in ("section", "article"):
                self.text[attrs["id"]] = self.text.get(attrs["id"], "") + data
        self.text[""] += data
        if tags and re.fullmatch("h[1-6]", tags[-1]):
            self.headings[-1][1] += data
        if "td" in tags or "th" in tags:
            self.tables[-1][1][-1][-1] += data
        if "figcaption" in tags:
            self.captions[-1] += data

    def table(self, name):
        return [rows for attrs, rows in self.tables if name in (attrs.get("class") or "").split() + [attrs.get("id")]]


class Said(html.parser.HTMLParser):
    """Every text of a page that a reader can meet: what stands in it, in its pictures, and what a pointer or a screen
    reader tells; `said` has (where, text). Code is quoted, and no text of the page's own."""

    def __init__(self, page):
        super().__init__()
        self.open, self.said = [], []
        self.feed(page.read_text(encoding="utf-8"))
        self.close()
        for picture in (page.parent / "figures").glob("*.svg"):
            words = re.findall("<(text|title)[^>]*>([^<]*)<", picture.read_text(encoding="utf-8"))
            self.said += [(f"{picture.name}: {tag}", html.unescape(text)) for tag, text in words]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.said += [(f"{tag} {name}", attrs[name]) for name in ("alt", "title", "aria-label", "data-title")
                      if attrs.get(name)]
        if tag == "img" and attrs["src"].startswith("data:image/svg+xml,"):
            svg = urllib.parse.unquote(attrs["src"].partition(",")[2])
            self.said += [("img svg", html.unescape(text)) for text in re.findall("<text[^>]*>([^<]*)<", svg)]

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        if data.strip() and not {"script", "style", "code"} & set(self.open):
            self.said.append((self.open[-1], data))


NO_MINUS = r"(?<![\w.])-[\d.]|\de-\d"  # a hyphen before a number or in an exponent
NO_THOUSANDS = r"(?<![\d.,/])(?!(?:19|20)\d\d\b)\d{4,}(?![\d-])"  # but in years and dates
P = r"(?<!one-sided )\bp[\s\xa0]+(?:= )?((?!0.05\b)\d[\d.]*(?:e\S+)?)"
P_FORM = r"(?:0\.0*[1-9]\d\d|1\.00|[1-9]\.\d\de\N{MINUS SIGN}\d\d)\.?"


def other_forms(page, quoted=()):
    """Texts of a page with a number in another form than the page's: a minus is U+2212, thousands are apart, and p has
    three digits. `quoted` are texts of the user."""
    said = [(where, text) for where, text in Said(page).said if not any(one in text for one in quoted)]
    return [(where, text) for where, text in said if re.search(NO_MINUS, text) or re.search(NO_THOUSANDS, text) or
            not all(re.fullmatch(P_FORM, p) for p in re.findall(P, text))], said


class Report(voxstat_cli.Study):
    """A study of eight with significant effects, and its report."""

    participants = 8

    def setUp(self):
        super().setUp()
        random = np.random.default_rng(5)
        for row in self.rows:  # an effect of the session in one corner, and of the level in another
            data = self.read_image(row[2])
            data[1:4, 1:4, 1:4] += 2.2 + 0.2 * random.standard_normal()
            data[5:8, 5:8, 3:6] += 1.4 * (float(row[3]) - 5)
            self.write_image(row[2], data)

    def run_report(self, *arguments, out="results", **how):
        options = ["--covariate", "level", "--out", out, "--cluster-p", "0.01", "-n", "500", "-q",
                   *arguments]
        done = self.run_paired(*options, **how)
        self.assert_done(done)
        return self.page(out)

    def page(self, out="results"):
        return Page(self.folder / out / "report.html")

    def report(self, *arguments, out="results"):
        return self.run_program("report", str(out), *arguments)

    def images(self, session):
        return np.array([self.read_image(row[1 + session]).astype(float) for row in self.rows])

    def assert_whole(self, page, articles):
        """Everything that is promised of every page."""
        self.assertEqual([name for name in page.ids if name in SECTIONS], SECTIONS)
        self.assertEqual(len(set(page.ids)), len(page.ids))
        self.assertEqual([name for name in page.ids if re.fullmatch(r"effect-\d+", name)],
                         [f"effect-{i + 1}" for i in range(articles)])
        for before, after in zip(page.headings, page.headings[1:]):
            self.assertLessEqual(after[0], before[0] + 1, after)
        self.assertEqual(page.headings[0][0], 1)
        for link in page.links:
            if link.startswith("#"):
                self.assertIn(link[1:], page.ids)
            else:  # a file beside the page would be a dead link once it is sent alone
                self.assertRegex(link, "^https?:")
        for image in page.images:
            self.assertTrue(image["src"].startswith("data:image/"))
            self.assertGreater(len(image["alt"]), 20)
            self.assertRegex(image["alt"], r"\d")
        for tag, name, value in page.attributes:  # nothing is fetched, whoever opens it
            if name in ("src", "srcset", "poster", "data", "action") or (tag == "link" and name == "href"):
                self.assertTrue(value.startswith("data:"), (tag, name, value[:50]))
            self.assertFalse(name.startswith("on"), (tag, name))
        self.assertNotIn("link", page.tags)
        self.assertEqual(page.scripts, 3 if os.environ["VOXSTAT_NIIVUE"] else 2)  # that run; the others are data
        for name in SECTIONS:
            self.assertGreater(len(page.text[name]), 100, name)
        self.assertNotIn("&lt;", page.text[""])  # escaped twice
        self.assertNotIn("(null)", page.text[""])
        self.assertEqual(other_forms(page.path)[0], [])
        self.assertNotRegex(page.text[""], r"\bnan\b")
