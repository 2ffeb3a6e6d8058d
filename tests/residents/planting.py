"""A marker, planted through every verb that takes words, files or addresses of somebody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.utils import timezone

from carpool.models import Feedback, FeedbackKind, PartnerMessage
from news.models import Outlet
from notifications import post
from notifications.models import SentLetter, Way
from tests.core.pictures import encoded, photo
from tests.support.cast import DEPARTMENT, OUTLET, Cast, secure, sit
from village.alerts.models import Answer, Condition, RollCall, Source
from village.assist.models import Accreditation, Assignment, Mandate
from village.core.actor import SYSTEM, Actor
from village.entrance.models import AskedLetter
from village.journal.models import Reading
from village.journal.tasks import sweep
from village.messaging.models import Category, DefectPhoto, Department
from village.residents import exporting
from village.residents.actions import block
from village.residents.models import ContactDetails, Grant, Membership, Resident, Role

Api = Callable[..., Client]
MARK = "zqx81"
TEXT_FIELDS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
    models.GenericIPAddressField,
)
# What holds no words of a resident's, and why. A new column that takes words is either planted
# here below or has its reason there.
NOT_HERS = {
    "an id, a number or a code of the software's own": {
        "acting_preparedact": ("method", "content_type", "path"),
        "acting_refusal": ("code",),
        "alerts_rollcall": ("figures",),
        "assist_consent": ("text_hash", "text_version"),
        "assist_mandate": (
            "scopes",
            "levels",
            "language",
            "binding_language",
            "text_version",
            "text_hash",
        ),
        "assist_reach": ("ways", "languages"),
        "auth_permission": ("name", "codename"),
        "carpool_indexedride": ("plan",),
        "carpool_offerseries": ("zone", "weekdays", "skipped", "added"),
        "carpool_requestseries": ("zone", "weekdays", "skipped", "added"),
        "core_keptanswer": ("principal", "fingerprint", "headers"),
        "django_admin_log": ("object_id",),
        "django_content_type": ("app_label", "model"),
        "journal_chain": ("tip",),
        "journal_entry": ("kind", "data", "hash"),
        "journal_reading": ("reader",),
        "journal_store": ("identifier",),
        "journal_stream": ("address", "epoch"),
        "news_article": ("language", "feed_key", "content_hash"),
        "news_picture": ("reason", "reason_words", "thumbhash"),
        "notifications_delivery": ("error_code",),
        "notifications_device": ("retired_reason", "session_key"),
        "notifications_habits": ("zone",),
        "notifications_mute": ("thread",),
        "notifications_fanout": ("notice",),
        "notifications_notification": ("notice", "kind", "language", "link", "thread"),
        "notifications_preference": ("notice",),
        "notifications_sentletter": ("language", "link"),
        "realtime_ticket": ("scopes", "session_key"),
        "residents_consent": ("subject", "language", "text"),
        "residents_export": ("file",),
        "residents_village": ("grid_key",),
        "stewardship_apikey": ("scopes",),
        "django_session": ("session_key",),
        "usersessions_usersession": ("session_key", "data"),
    },
    "the digest of a secret, a secret sealed, or a name in the storage": {
        "account_emailconfirmation": ("key",),
        "acting_statement": ("mark",),
        "assist_card": ("stop_digest",),
        "assist_cardcode": ("digest",),
        "assist_pin": ("digest",),
        "entrance_card": ("digest", "pin_digest"),
        "entrance_introduction": ("digest",),
        "entrance_invitation": ("digest",),
        "entrance_recovery": ("code_digest", "secret_digest"),
        "entrance_textmessage": ("sealed",),
        "entrance_wrongpin": ("digest",),
        "notifications_device": ("auth", "p256dh"),
        "news_picture": ("original", "variants"),
        "realtime_ticket": ("digest",),
        "residents_resident": ("password",),
        "stewardship_apikey": ("digest", "before"),
        "notifications_delivery": ("provider_id",),
    },
    "no words fit in; its row is planted elsewhere": {"usersessions_usersession": ("ip",)},
    "encoded, and looked into apart": {"django_session": ("session_data",)},
    "of another service's rider, who is nobody of the village": {
        "carpool_partnerbooking": ("operator", "price"),
        "carpool_partnertraveller": ("operator", "their_id"),
    },
    "words of an office, which stay when somebody leaves it": {
        "alerts_alert": (
            "area_name",
            "category",
            "certainty",
            "document",
            "identifier",
            "msg_type",
            "polygon",
            "references",
            "response",
            "sender",
            "severity",
            "texts",
            "urgency",
        ),
        "alerts_alertfeed": ("codes", "etag", "last_error", "last_modified", "name", "url"),
        "alerts_heard": ("address",),
        "alerts_rollcall": ("shelters",),
        "assist_centre": (
            "name",
            "address",
            "phone",
            "responsible",
            "insurance",
            "opening_hours",
            "allowed_scopes",
        ),
        "auth_group": ("name",),
        "carpool_partnermessage": ("operator",),
        "carpool_stop": ("name",),
        "institutions_badge": ("name",),
        "messaging_category": ("name",),
        "messaging_department": ("name", "about"),
        "news_article": ("byline", "url"),
        "news_feed": ("url", "etag", "last_modified", "last_error"),
        "news_outlet": ("name", "slug", "homepage"),
        "residents_neighbourhood": ("name",),
        "residents_village": ("slug", "name", "zone", "grid_key"),
        "stewardship_apikey": ("name",),
        "stewardship_district": ("name",),
        "stewardship_municipality": ("name",),
        "stewardship_setup": ("settings", "boundary", "arms"),
    },
}


def columns_for_words() -> set[str]:
    """Name every column that words, files or bytes of somebody could stand in."""
    excused = {
        f"{table}.{column}"
        for tables in NOT_HERS.values()
        for table, columns in tables.items()
        for column in columns
    }
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, TEXT_FIELDS) and not field.choices
    } - excused


class Village:
    """Say and do things over the API, each with a key of its own."""

    def __init__(self, api: Api, cast: Cast) -> None:
        self.cast = cast
        self.clients = {
            name: api(getattr(cast, name))
            for name in ("nora", "tom", "mia", "otto", "carla", "vera")
        }

    def post(self, who: str, path: str, body: dict[str, Any], verb: str = "post") -> Any:
        """Let somebody do something, and give the answer."""
        answer = getattr(self.clients[who], verb)(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": f"{MARK if who == 'nora' else who}-{uuid4()}"},
        )
        assert answer.status_code in (200, 201, 204), (path, answer.content)
        return answer.json() if answer.content else None


def work_off() -> None:
    """Let every reaction hear of what has happened, and carry what is due."""
    while sweep():
        pass
    post.carry_due()


def name_her(nora: Resident) -> None:
    """Give nora a name, an address and a way in that are found again."""
    nora.display_name, nora.email, nora.phone = f"{MARK} Nora", f"{MARK}@village.example", MARK
    nora.save()
    EmailAddress.objects.create(user=nora, email=nora.email, verified=True, primary=True)


def plant(village: Village) -> dict[str, Any]:
    """Write the marker through every verb that takes words or pictures."""
    cast, now = village.cast, timezone.now()
    text, place = f"words {MARK}", {"name": f"Mill {MARK}", "lat": 50.0, "lng": 11.5}
    goal = {"name": f"Fair {MARK}", "lat": 50.1, "lng": 11.6}
    desk = Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Roads", created_at=now
    )
    hers = Membership.objects.get(resident=cast.nora)
    Grant.objects.create(membership=hers, role=Role.EDITOR, of=OUTLET, granted_at=now)
    secure(cast.nora)
    Outlet.objects.create(
        id=OUTLET, village=cast.lindental, name="Bote", slug="bote", created_at=now
    )
    event = village.post(
        "nora",
        "villages/lindental/events",
        {
            "title": text,
            "text": text,
            "begins_at": (now + timedelta(days=3)).isoformat(),
            "ends_at": (now + timedelta(days=3, hours=1)).isoformat(),
            "place": place,
            "capacity": None,
            "publish": True,
        },
    )
    date = event["occurrences"][0]["id"]
    village.post("tom", f"occurrences/{date}/attendance", {}, "put")
    offer = village.post(
        "nora",
        "villages/lindental/carpool/offers",
        {
            "from": place,
            "to": goal,
            "departs_at": (now + timedelta(hours=4)).isoformat(),
            "flexible_minutes": 10,
            "seats": 2,
            "detour_minutes": 5,
        },
    )
    booking = village.post("tom", f"carpool/offers/{offer['id']}/bookings", {"seats": 1})
    village.post("nora", f"carpool/bookings/{booking['id']}/accept", {})
    for author, about in ((cast.nora, cast.tom), (cast.tom, cast.nora)):
        Feedback.objects.create(
            village=cast.lindental,
            booking_id=booking["id"],
            author=author,
            about=about,
            kind=FeedbackKind.LATE,
            text=f"{MARK} was late",
            created_at=now,
        )
    PartnerMessage.objects.create(
        village=cast.lindental,
        operator=f"{MARK}.example",
        alias=MARK,
        recipient=cast.nora,
        offer_id=offer["id"],
        text=f"Dear {MARK}, may I bring a dog?",
        created_at=now,
    )
    wish = village.post(
        "nora",
        "villages/lindental/carpool/requests",
        {
            "from": place,
            "to": goal,
            "earliest": (now + timedelta(hours=1)).isoformat(),
            "latest_arrival": (now + timedelta(hours=9)).isoformat(),
            "seats": 1,
        },
    )
    case = village.post(
        "nora",
        "villages/lindental/cases",
        {"department": str(desk.pk), "category": None, "title": text, "text": text},
    )
    village.post("nora", f"cases/{case['id']}/messages", {"text": text})
    village.post("otto", f"cases/{case['id']}/messages", {"text": f"Dear {MARK}, we come."})
    _plant_defect(village, desk)
    draft = village.post(
        "nora",
        "villages/lindental/articles",
        {"outlet": str(OUTLET), "title": text, "text": text, "publish": False},
    )
    picture = SimpleUploadedFile(f"{MARK}.jpg", encoded(photo(), "JPEG"))
    sent = village.clients["nora"].post(
        f"/api/v1/articles/{draft['id']}/pictures", {"file": picture, "alt": text}
    )
    assert sent.status_code == 201, sent.content
    village.post("nora", "me/devices", {"kind": "fcm_fid", "address": f"phone-{MARK}"})
    village.post(
        "nora", "me/contact", {"address": f"Mill lane {MARK}", "phone": "+4915155501234"}, "put"
    )
    ContactDetails.objects.filter(resident=cast.nora).update(phone=MARK)
    letterbox = {"door": f"Mill lane {MARK}"}
    village.post(
        "nora", "me/reach", {"ways": ["print"], "languages": ["de"], "letterbox": letterbox}, "put"
    )
    _plant_series(village, place, goal)
    _plant_help(village, desk)
    AskedLetter.objects.create(
        village=cast.lindental,
        resident=cast.nora,
        address=f"Mill lane {MARK}",
        people=2,
        created_at=now,
    )
    _plant_what_others_said(cast)
    block(by=Actor(cast.nora.pk), resident_id=cast.mia.pk, at=now)
    # A browser that only asked for her code, and an operator who changed her row.
    asked = Client()
    asked.get("/sign-in")
    browser = asked.session
    browser["account_login_code"] = {"email": cast.nora.email}
    browser.save()
    LogEntry.objects.create(
        user=cast.stella,
        content_type=ContentType.objects.get_for_model(Resident),
        object_id=str(cast.nora.pk),
        object_repr=str(cast.nora),
        change_message=f"Renamed {MARK}",
        action_flag=CHANGE,
    )
    # What she signs in with, and a copy of all that is kept of her.
    Authenticator.objects.create(
        user=cast.nora, type=Authenticator.Type.WEBAUTHN, data={"name": f"Phone {MARK}"}
    )
    UserSession.objects.create(
        user=cast.nora, ip="127.0.0.1", session_key=MARK, user_agent=f"Browser {MARK}"
    )
    export = exporting.ask_for_export(by=Actor(cast.nora.pk), at=now)
    assert exporting.write_export(by=SYSTEM, export_id=export.pk, at=now)
    SentLetter.objects.create(
        way=Way.EMAIL, to=str(cast.nora.email), title=text, body=text, language="de", at=now
    )
    work_off()
    Reading.objects.filter(pk__in=Reading.objects.values("pk")[:1]).update(
        last_error=f"ValueError: {MARK}"
    )
    return {"event": event, "date": date, "offer": offer, "wish": wish, "case": case}


def _plant_defect(village: Village, desk: Department) -> None:
    """Let her report a lamp, and show a photo of it."""
    lamp = Category.objects.create(
        village=village.cast.lindental,
        department=desk,
        name="Lamp",
        defect=True,
        created_at=timezone.now(),
    )
    told = {"category": str(lamp.pk), "text": f"Dark, {MARK}", "place": f"Mill {MARK}"}
    defect = village.post("nora", "villages/lindental/defects", told)
    DefectPhoto.objects.create(defect_id=defect["id"], url=f"data:{MARK}")


def _plant_series(village: Village, place: dict[str, Any], goal: dict[str, Any]) -> None:
    """Let her drive every week, want to be driven every week, and say where she lives."""
    week = {
        "from": place,
        "to": goal,
        "clock": "07:15",
        "weekdays": list(range(7)),
        "valid_from": timezone.localdate().isoformat(),
        "seats": 1,
    }
    carpool = "villages/lindental/carpool"
    village.post("nora", f"{carpool}/offer-series", week | {"via": [place]})
    village.post("nora", f"{carpool}/request-series", week | {"minutes": 90})
    village.post("nora", f"{carpool}/profile", {"is_woman": True, "home": place}, "put")


def _plant_help(village: Village, desk: Department) -> None:
    """Let her be helped under a mandate, and be a volunteer whom the centre has suspended."""
    cast, now = village.cast, timezone.now()
    proof = {"kind": "paper", "witness": f"Witness {MARK}", "said": f"Yes, says {MARK}"}
    given = village.post(
        "carla",
        f"centres/{cast.centre.pk}/mandates",
        {
            "person": str(cast.nora.pk),
            "scopes": ["events.join", "authority.write"],
            "days": 31,
            "consent": proof,
        },
    )
    mandate = Mandate.objects.get(pk=given["id"])
    Assignment.objects.get_or_create(mandate=mandate, volunteer=cast.vera, defaults={"at": now})
    sat = sit(cast.vera, mandate)
    sat.purpose = f"A letter for {MARK}"
    sat.save()
    care = Category.objects.create(
        village=cast.lindental, department=desk, name="Care", confidential=True, created_at=now
    )
    prepared = village.clients["vera"].post(
        "/api/v1/villages/lindental/cases",
        {
            "department": str(desk.pk),
            "category": str(care.pk),
            "title": "Care",
            "text": f"For {MARK}",
        },
        content_type="application/json",
        headers={"X-Acting-For": str(mandate.pk), "X-Acting-Prepare": "true"},
    )
    assert prepared.status_code == 202, prepared.content
    Accreditation.objects.create(
        village=cast.lindental,
        centre=cast.centre,
        volunteer=cast.nora,
        trained_on=now.date(),
        valid_until=now + timedelta(days=30),
        suspended_reason=f"{MARK} was rude",
        created_at=now,
    )


def _plant_what_others_said(cast: Cast) -> None:
    """Let her say in a roll call how she is."""
    now = timezone.now()
    call = RollCall.objects.create(
        village=cast.lindental, forget_at=now + timedelta(days=14), created_at=now
    )
    Answer.objects.create(
        village=cast.lindental,
        roll_call=call,
        resident=cast.nora,
        condition=Condition.AT_SHELTER,
        shelter=f"School {MARK}",
        note=f"With {MARK}",
        source=Source.SELF,
        at=now,
        created_at=now,
    )
