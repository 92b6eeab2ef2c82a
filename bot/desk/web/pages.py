"""The desk's pages as HTML: the frame, signing in, the account, and what went wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.web.markup import Markup, data_block, document, tag, together
from bot.desk.staff import SHORTEST, Staff
from bot.desk.web.assets import address, modules
from bot.desk.web.texts import LANGUAGES, TAGS, text

_OWN_NAMES = {"zh": "中文", "en": "English"}


@dataclass(frozen=True)
class Viewer:
    """Who looks at a page. language: `zh` or `en`. staff, csrf: None and empty before signing in. path: of the page, to come back to."""

    language: str
    path: str
    staff: Staff | None = None
    csrf: str = ""

    def say(self, name: str, /, **given: object) -> str:
        return text(name, self.language, **given)

    @property
    def hidden(self) -> Markup:
        """What every form carries."""
        return tag("input", {"type": "hidden", "name": "csrf", "value": self.csrf})


@dataclass(frozen=True)
class Told:
    """What a page says about what was just done. error: that it was not."""

    name: str
    error: bool = True
    given: Mapping[str, object] | None = None


def shell(viewer: Viewer, boot: dict[str, Any]) -> str:
    """The page that the desk's scripts fill. boot: what they start from."""
    head = together(
        *(tag("link", {"rel": "modulepreload", "href": address(name)}) for name in modules()),
        tag("script", {"type": "module", "src": address("main.js")}),
        data_block(boot, name="boot"),
    )
    return _page(
        viewer, viewer.say("desk"), tag("noscript", None, tag("p", None, viewer.say("noscript"))), kind="app", head=head
    )


def plain(viewer: Viewer, title: str, *content: str, sheets: Sequence[str] = ()) -> str:
    """A page that needs no scripts. sheets: style sheets besides the desk's."""
    head = together(*(tag("link", {"rel": "stylesheet", "href": address(name)}) for name in sheets))
    return _page(viewer, title, *content, kind="plain", head=head)


def login(viewer: Viewer, next_page: str, *, user: str = "", code: bool = False, told: Told | None = None) -> str:
    """Signing in. code: whether a code is asked for too."""
    failed = told is not None
    form = tag(
        "form",
        {"class": "card", "method": "post", "action": "/desk/login"},
        tag("h1", None, viewer.say("sign_in")),
        told_in(viewer, told),
        tag("input", {"type": "hidden", "name": "next", "value": next_page}),
        _field("user", viewer.say("login"), value=user, autocomplete="username", autocapitalize="none", spellcheck="false", maxlength="64", required=True, autofocus=not failed),
        _field("password", viewer.say("password"), type="password", autocomplete="current-password", maxlength="256", required=True, autofocus=failed),
        _code(viewer) if code else None,
        _button(viewer.say("sign_in")),
    )  # fmt: skip
    return plain(viewer, viewer.say("sign_in"), tag("section", {"class": "paper narrow"}, form))


def account(viewer: Viewer, told: Told | None = None, setup: Setup | None = None) -> str:
    """Password and second factor of whoever is signed in. setup: of a second factor that is being set up."""
    assert viewer.staff is not None
    password = _form(
        viewer, "password", "password_title",
        tag("input", {"type": "text", "name": "username", "value": viewer.staff.id, "autocomplete": "username", "hidden": True}),
        _field("password", viewer.say("password_old"), type="password", autocomplete="current-password", maxlength="256", required=True),
        _field("new", viewer.say("password_new"), viewer.say("password_hint"), type="password", autocomplete="new-password", minlength=str(SHORTEST), maxlength="256", required=True),
        _field("again", viewer.say("password_again"), type="password", autocomplete="new-password", minlength=str(SHORTEST), maxlength="256", required=True),
        _button(viewer.say("password_change")),
    )  # fmt: skip
    return plain(
        viewer,
        viewer.say("account"),
        tag(
            "section",
            {"class": "paper narrow"},
            tag("h1", None, viewer.say("account")),
            tag("p", {"class": "muted"}, f"{viewer.staff.display(viewer.language)} · {viewer.staff.id}"),
            told_in(viewer, told),
            password,
            *_second_factor(viewer, setup),
        ),
    )


@dataclass(frozen=True)
class Setup:
    """A second factor that waits for its first code. qr: SVG; None after a wrong code. secret: for those who cannot scan."""

    qr: Markup | None = None
    secret: str | None = None


def trouble(viewer: Viewer, title: str, explanation: str | None = None) -> str:
    """Something that is not there, or not for them. title, explanation: names of texts."""
    return plain(
        viewer,
        viewer.say(title),
        tag(
            "section",
            {"class": "paper narrow"},
            tag("h1", None, viewer.say(title)),
            tag("p", None, viewer.say(explanation)) if explanation else None,
            tag("p", None, tag("a", {"class": "button", "href": "/desk"}, viewer.say("to_desk"))),
        ),
    )


def _second_factor(viewer: Viewer, setup: Setup | None) -> list[Markup]:
    assert viewer.staff is not None
    again = _field("password", viewer.say("password_old"), type="password", autocomplete="current-password", maxlength="256", required=True, id="totp-password")  # fmt: skip
    begin = _form(
        viewer, "totp_begin", "totp_title", tag("p", None, viewer.say("totp_off")), again, _button(viewer.say("totp_again" if setup else "totp_begin"))
    )  # fmt: skip
    if viewer.staff.totp and setup is None:
        return [
            _form(
                viewer,
                "totp_end",
                "totp_title",
                tag("p", None, viewer.say("totp_on")),
                again,
                _button(viewer.say("totp_end")),
            )
        ]
    if setup is None:
        return [begin]
    scan = (
        tag("p", None, viewer.say("totp_scan")),
        tag("div", {"class": "qr", "role": "img", "aria-label": viewer.say("totp_qr")}, setup.qr),
        tag("p", None, viewer.say("totp_secret"), " ", tag("code", None, setup.secret)),
    )
    confirm = _form(
        viewer,
        "totp_confirm",
        "totp_title",
        *(scan if setup.qr else ()),
        _code(viewer),
        _button(viewer.say("totp_confirm")),
    )
    return [confirm] if setup.qr else [confirm, begin]


def _form(viewer: Viewer, do: str, title: str, *content: str | None) -> Markup:
    return tag(
        "form",
        {"class": "card", "method": "post", "action": "/desk/account"},
        tag("h2", None, viewer.say(title)),
        viewer.hidden,
        tag("input", {"type": "hidden", "name": "do", "value": do}),
        *content,
    )


def _field(name: str, label: str, hint: str | None = None, **attributes: str | bool | None) -> Markup:
    place = str(attributes.pop("id", None) or name)
    described = f"{place}-hint" if hint else None
    given: dict[str, str | bool | None] = {
        "id": place,
        "name": name,
        "type": "text",
        "aria-describedby": described,
        **attributes,
    }
    return tag(
        "p",
        {"class": "field"},
        tag("label", {"for": place}, label),
        tag("input", given),
        tag("small", {"id": described}, hint) if hint else None,
    )


def _code(viewer: Viewer) -> Markup:
    return _field("code", viewer.say("code"), viewer.say("code_hint"), inputmode="numeric", autocomplete="one-time-code", maxlength="12", required=True)  # fmt: skip


def _button(label: str) -> Markup:
    return tag("p", {"class": "buttons"}, tag("button", {"class": "button primary", "type": "submit"}, label))


def told_in(viewer: Viewer, told: Told | None) -> Markup | None:
    """What was just done, above everything else."""
    if told is None:
        return None
    said = viewer.say(told.name, **(told.given or {}))
    return tag("p", {"class": "error", "role": "alert"} if told.error else {"class": "done", "role": "status"}, said)


def _page(viewer: Viewer, title: str, *content: str, kind: str, head: Markup) -> str:
    say = viewer.say
    whole = together(
        tag("meta", {"charset": "utf-8"}),
        tag(
            "meta",
            {"name": "viewport", "content": "width=device-width, initial-scale=1, interactive-widget=resizes-content"},
        ),
        tag("meta", {"name": "robots", "content": "noindex"}),
        tag("meta", {"name": "color-scheme", "content": "light dark"}),
        tag("title", None, f"{title} · {say('name')}"),
        tag("link", {"rel": "icon", "href": address("icon.svg"), "type": "image/svg+xml"}),
        tag("link", {"rel": "stylesheet", "href": address("desk.css")}),
        head,
    )
    body = tag(
        "body",
        {"class": kind},
        tag("a", {"class": "skip", "href": "#desk"}, say("skip")),
        tag(
            "header",
            {"class": "top"},
            tag(
                "a",
                {"class": "brand", "href": "/desk"},
                tag("img", {"src": address("icon.svg"), "alt": "", "width": "24", "height": "24"}),
                tag("span", None, say("name")),
            ),
            tag("div", {"id": "tools"}),
            _menu(viewer),
        ),
        tag("main", {"id": "desk", "tabindex": "-1"}, *content),
    )
    return document(TAGS[viewer.language], whole, body)


def _menu(viewer: Viewer) -> Markup:
    say, staff = viewer.say, viewer.staff
    languages = tag(
        "form",
        {"class": "languages", "method": "post", "action": "/desk/language", "aria-label": say("language")},
        viewer.hidden,
        tag("input", {"type": "hidden", "name": "next", "value": viewer.path}),
        *(
            tag(
                "button",
                {"class": "link", "name": "language", "value": name, "lang": TAGS[name], "aria-pressed": "true" if name == viewer.language else "false"},
                _OWN_NAMES[name],
            )
            for name in LANGUAGES
        ),
    )  # fmt: skip
    if staff is None:
        return tag("div", {"class": "menu"}, languages)
    links = [("/desk", "desk"), ("/desk/account", "account")]
    if staff.role == "supervisor":
        links[1:1] = [("/desk/insights", "insights"), ("/desk/insights/questions", "questions")]
    return tag(
        "details",
        {"class": "menu"},
        tag("summary", None, tag("span", None, staff.display(viewer.language))),
        tag(
            "nav",
            {"aria-label": say("pages")},
            *(
                tag("a", {"href": path, "aria-current": "page" if path == viewer.path.partition("?")[0] else None}, say(name))
                for path, name in links
            ),
            languages,
            tag("form", {"method": "post", "action": "/desk/logout"}, viewer.hidden, tag("button", {"class": "button link"}, say("sign_out"))),
        ),
    )  # fmt: skip
