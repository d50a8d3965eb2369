"""Fill the templates of overrides/records/ and give the elements that Python-Markdown continues with.

What templates may use, and how they treat white space and text, is said at the head of _macros.html there.
"""

from __future__ import annotations

import re
import traceback
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.ext import Extension
from markdown.util import AtomicString

from explainer import figures, views, words
from explainer.content import Content
from explainer.figures import values

STATEMENT_OR_BREAK = re.compile(r"(\{[{%#].*?[}%#]\})|[ \t]*\n\s*", re.DOTALL)
BRACKETS = ("<", ">", "{", "}", "")  # nothing: where a template begins or ends
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TAG = re.compile(r"(?<!\]\()<(?=[A-Za-z/!?])")  # but not of a link's <address>


class TemplateFault(click.ClickException):
    """A template that cannot be used. Generators print a ClickException without a traceback."""

    def __init__(self, template: Path, line: int, message: str, remedy: str = "correct the template") -> None:
        where = "/".join(template.parts[-3:])
        super().__init__(f"{where}:{line}:1: error TPL001 {' '.join(message.split())}; {remedy}")

    def __str__(self) -> str:
        """Short, because MkDocs prints this before it prints the message."""
        return "a template cannot be used"


class Layout(Extension):
    """Take out the line breaks that stand for nothing before values come in; Jinja goes on counting lines."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source of a template without its layout: a break that stands for something becomes a space."""

        def replaced(match: re.Match[str]) -> str:
            if match[1]:
                return match[1]
            lines = "{#" + "\n" * match[0].count("\n") + "#}"
            beside = source[max(0, match.start() - 1) : match.start()], source[match.end() : match.end() + 1]
            return lines if beside[0] in BRACKETS or beside[1] in BRACKETS else f" {lines}"

        return STATEMENT_OR_BREAK.sub(replaced, source)


def draw(folder: Path, kind: str, values: dict[str, object]) -> Element:
    """What the template of a kind gives, as elements. Raises TemplateFault, which names the template."""
    try:
        root = ElementTree.fromstring(filled(folder, kind, values))
    except ElementTree.ParseError as error:
        fault = f"not well-formed XML: {error.msg.partition(':')[0]}"
        raise TemplateFault(folder / f"{kind}.html", 1, fault) from None
    set_text(root, "")
    return root


def filled(folder: Path, kind: str, values: dict[str, object]) -> str:
    """What the template of a kind gives, as text. Raises TemplateFault."""
    name = f"{kind}.html"
    try:
        jinja = environment(folder)
        macros = vars(jinja.get_template("_macros.html").module)
        text = jinja.get_template(name).render(macros | values)
        content = values.get("content")
        return content.dated(text) if isinstance(content, Content) else text
    except TemplateNotFound as error:
        raise TemplateFault(folder / str(error), 1, "there is no such template", "add it") from None
    except TemplateSyntaxError as error:
        raise TemplateFault(folder / (error.name or name), error.lineno, str(error.message)) from None
    except Exception as error:  # a template may do anything, and its author needs the place of it
        places = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        path, line = [(folder / name, 1), *(place for place in places if place[0].parent == folder)][-1]
        raise TemplateFault(path, line or 1, f"{type(error).__name__}: {error}") from error


@cache
def environment(folder: Path) -> Environment:
    """Jinja for the templates of a folder. Values are escaped; a name that is not there is a fault."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[Layout],
        finalize=lambda value: NOT_IN_XML.sub("", value) if type(value) is str else value,
    )
    made.globals |= {name: value for name, value in vars(words).items() if name.isupper()}
    made.globals |= {name: function for name, function in vars(views).items() if callable(function)}
    made.globals |= {"draw_figure": figures.draw_figure, "amount": values.amount, "period": values.period}
    filters = ("begin", "listed", "long_date", "plain", "sentence", "short_reading")
    made.filters |= {"literal": words.escape} | {name: getattr(words, name) for name in filters}
    return made


def set_text(element: Element, kept: str) -> None:
    """Make text what `markdown` attributes say: "0" text as it is, "1" Markdown with HTML, else without."""
    kept = element.attrib.pop("markdown", kept)
    element.text = readable(element.text, kept)
    for child in element:
        set_text(child, kept)
        child.tail = readable(child.tail, kept)


def readable(text: str | None, kept: str) -> str | None:
    """One piece of text for Python-Markdown's inline step."""
    if not text or kept == "1":
        return text
    return AtomicString(text) if kept == "0" else TAG.sub("&lt;", text)
