"""Letters by e-mail, against a real mail server on this machine."""

from __future__ import annotations

import pytest

from notifications.transports.base import Letter, Transport
from notifications.transports.email import EmailTransport
from tests.support.letters import email, fid, make_letter
from tests.support.smtp_server import SmtpServer, make_transport, smtp, transport

__all__ = ["smtp", "transport"]

EDDA = email("edda@lindental.example")
TOM = email("tom@lindental.example")
NORA = email("nora@lindental.example")
UNSUBSCRIBE = "https://lindental.example/u/secret"


class TestSend:
    def test_hands_each_reader_her_own_letter_over_one_connection(self, smtp, transport):
        outcomes = transport.send([(EDDA, make_letter(title="Hello Edda")), (TOM, make_letter())])

        assert [outcome.accepted for outcome in outcomes] == [True, True]
        assert [taken.readers for taken in smtp.taken] == [[EDDA.value], [TOM.value]]
        assert smtp.taken[0].mail["Subject"] == "Hello Edda"
        assert outcomes[0].provider_id == smtp.taken[0].mail["Message-ID"]
        assert outcomes[0].provider_id.endswith("@lindental.example>")
        assert smtp.connections == 1

    def test_asks_nobody_when_there_is_nothing_to_send(self, smtp, transport):
        assert transport.send([]) == []
        assert smtp.connections == 0

    def test_one_bad_address_does_not_stop_the_others(self, smtp, transport):
        smtp.replies["nora@lindental.example"] = "550 5.1.1 no such person"

        outcomes = transport.send(
            [(EDDA, make_letter()), (NORA, make_letter()), (TOM, make_letter())]
        )

        assert [outcome.accepted for outcome in outcomes] == [True, False, True]
        assert outcomes[1].permanent

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "edda",
            "a@b@c",
            "edda@lindental.example, strang@bergheim.example",
            "edda@lindental.example\r\nBcc: strang@bergheim.example",
            "Edda <edda@lindental.example>",
            "x" * 400 + "@lindental.example",
        ],
    )
    def test_gives_up_what_is_not_one_address(self, smtp, transport, value):
        [outcome] = transport.send([(email(value), make_letter())])

        assert outcome.permanent
        assert not smtp.taken

    def test_does_not_take_a_letter_for_a_phone(self, smtp, transport):
        [outcome] = transport.send([(fid("phone"), make_letter())])

        assert outcome.final and not outcome.permanent

    def test_is_a_transport(self, transport):
        checked: Transport = transport

        assert checked.name == "email"


class TestLetter:
    def read(self, smtp: SmtpServer, letter: Letter) -> tuple[str, str]:
        [outcome] = make_transport(smtp.port).send([(EDDA, letter)])
        assert outcome.accepted, outcome
        mail = smtp.taken[-1].mail
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text is not None and html is not None
        return text.get_content(), html.get_content()

    def test_says_the_same_as_text_and_as_a_page(self, smtp):
        text, html = self.read(smtp, make_letter(body="Grüße\nvon Tom, 今日は"))

        for words in ("Tom takes you along", "Grüße", "von Tom, 今日は"):
            assert words in text
            assert words in html
        assert '<html lang="de">' in html

    def test_makes_a_link_of_the_village_whole(self, smtp):
        text, html = self.read(smtp, make_letter(link="/carpool/bookings/7?a=1&b=2"))

        assert "https://lindental.example/carpool/bookings/7?a=1&b=2" in text
        assert 'href="https://lindental.example/carpool/bookings/7?a=1&amp;b=2"' in html

    def test_takes_links_in_any_language(self, smtp):
        text, _ = self.read(smtp, make_letter(link="/news/村祭り"))

        assert "https://lindental.example/news/%E6%9D%91%E7%A5%AD%E3%82%8A" in text

    @pytest.mark.parametrize(
        "link", ["", "javascript:alert(1)", 'https://x.example/"><script>', "https://x.example/\nx"]
    )
    def test_shows_no_link_that_is_none(self, smtp, link):
        _, html = self.read(smtp, make_letter(link=link))

        assert "<a " not in html

    def test_a_page_cannot_be_written_into(self, smtp):
        evil = "<script>alert(1)</script><img src=x onerror=y>"
        _, html = self.read(smtp, make_letter(title=evil, body=evil, language='de"><script>'))

        assert "<script" not in html
        assert "<img" not in html

    @pytest.mark.parametrize(
        "title",
        [
            "Hello\r\nBcc: strang@bergheim.example",
            "Hello\nBcc: strang@bergheim.example",
            "Hello\rBcc: strang@bergheim.example",
            "Hello\u2028Bcc: strang@bergheim.example",
            "Hello\x00\x85Bcc: strang@bergheim.example",
        ],
    )
    def test_a_title_stays_one_subject(self, smtp, title):
        self.read(smtp, make_letter(title=title))

        mail = smtp.taken[0].mail
        assert mail["Bcc"] is None
        assert mail["Subject"] == "Hello Bcc: strang@bergheim.example"
        assert smtp.taken[0].readers == [EDDA.value]

    def test_a_line_with_a_dot_does_not_end_the_letter(self, smtp):
        text, _ = self.read(smtp, make_letter(body="Before\r\n.\r\nMAIL FROM:<x@y.z>\n.\nafter"))

        assert "after" in text
        assert len(smtp.taken) == 1

    def test_cuts_an_endless_title(self, smtp):
        self.read(smtp, make_letter(title="Neuigkeiten " * 10_000))

        subject = smtp.taken[0].mail["Subject"].strip()
        assert len(subject) <= 200
        assert subject.endswith("…")

    def test_is_refused_when_it_cannot_be_written(self, smtp, transport):
        broken = make_letter(body="half a \ud83d character")

        outcomes = transport.send([(EDDA, broken), (TOM, make_letter())])

        assert [outcome.accepted for outcome in outcomes] == [False, True]
        assert outcomes[0].final and not outcomes[0].permanent

    def test_does_not_wake_the_machines_that_answer_mail(self, smtp):
        self.read(smtp, make_letter())

        assert smtp.taken[0].mail["Auto-Submitted"] == "auto-generated"


class TestUnsubscribe:
    def test_can_be_stopped_with_one_click(self, smtp, transport):
        transport.send([(EDDA, make_letter(data={"unsubscribe_url": UNSUBSCRIBE}))])

        mail = smtp.taken[0].mail
        assert mail["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        text = mail.get_body(("plain",))
        assert text is not None and UNSUBSCRIBE in text.get_content()

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "javascript:alert(1)",
            "https://[x.example/",
            "https://x.example/>\r\nBcc: strang@bergheim.example",
            "https://x.example/>, <mailto:strang@bergheim.example",
            "https://x.example/" + "x" * 2000,
        ],
    )
    def test_says_nothing_about_stopping_where_it_cannot_be_stopped(self, smtp, transport, url):
        [outcome] = transport.send([(EDDA, make_letter(data={"unsubscribe_url": url}))])

        mail = smtp.taken[0].mail
        assert outcome.accepted
        assert mail["List-Unsubscribe"] is None
        assert mail["List-Unsubscribe-Post"] is None
        assert mail["Bcc"] is None


class TestBackends:
    def test_speaks_the_readers_language(self, smtp, settings, transport):
        settings.LANGUAGE_CODE = "en"

        transport.send(
            [(EDDA, make_letter(language="xx-nonsense")), (TOM, make_letter(language=""))]
        )

        texts = [taken.mail.get_body(("plain",)) for taken in smtp.taken]
        assert all("Open in the village" in text.get_content() for text in texts if text)

    def test_uses_the_mail_settings_of_the_village(self, settings, mailoutbox):
        settings.DEFAULT_FROM_EMAIL = "post@lindental.example"

        [outcome] = EmailTransport().send([(EDDA, make_letter())])

        assert outcome.accepted
        assert mailoutbox[0].from_email == "post@lindental.example"
        assert mailoutbox[0].to == [EDDA.value]

    @pytest.mark.parametrize("backend", ["locmem", "dummy"])
    def test_goes_through_the_other_ways_of_django_as_well(self, backend):
        [outcome] = make_transport(9, backend).send([(EDDA, make_letter())])

        assert outcome.accepted
