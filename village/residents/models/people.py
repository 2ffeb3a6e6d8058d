"""Villages and their residents."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from village.core.models import VillageObject


class Language(models.TextChoices):
    """Name the languages in which the village speaks."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    JAPANESE = "ja", "日本語"


class Village(models.Model):
    """
    Hold one village; its slug is its name in every address and never changes.

    ``grid_key`` says where the cells lie in which private places are told. It never changes
    either: two grids would cut each other's cells smaller.
    """

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=2, choices=Language, default=Language.GERMAN)
    zone = models.CharField(max_length=40, default="Europe/Berlin")
    lat = models.FloatField()
    lng = models.FloatField()
    grid_key = models.CharField(max_length=64, default=secrets.token_hex, editable=False)
    # Whether people may choose to be shown to their neighbours by their whole name.
    full_names = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def tzinfo(self) -> ZoneInfo:
        """Give the zone in which the village's clocks run."""
        return ZoneInfo(self.zone)


class Neighbourhood(VillageObject):
    """Name a part of a village, for what matters only there."""

    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["village", "name"], name="one_neighbourhood_per_name")
        ]


class ResidentManager(BaseUserManager["Resident"]):
    """Make residents; most have an e-mail address, some have nothing digital at all."""

    def create_user(self, display_name: str, **fields: Any) -> Resident:
        """Create a resident who signs in by code, card or key, never by password."""
        resident = self.model(display_name=display_name, **fields)
        resident.set_unusable_password()
        resident.save(using=self._db)
        return resident

    def create_superuser(self, email: str, password: str, **fields: Any) -> Resident:
        """Create an operator of the deployment."""
        name = fields.pop("display_name", email.split("@")[0])
        resident = self.model(
            email=email, display_name=name, is_staff=True, is_superuser=True, **fields
        )
        resident.set_password(password)
        resident.save(using=self._db)
        return resident


class Resident(AbstractBaseUser, PermissionsMixin):
    """Hold a person. Only the display name is needed: not everybody has an address or a phone."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    display_name = models.CharField(max_length=80)
    email = models.EmailField(null=True, blank=True, unique=True)
    phone = models.CharField(max_length=20, null=True, blank=True, unique=True)
    born_on = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.GERMAN)
    large_print = models.BooleanField(default=False)
    # Her own choice, where each of her villages allows it.
    full_name_on_board = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # The row of somebody who was erased stays, empty, for what others have kept of her by its id.
    erased_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = ResidentManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.display_name

    @property
    def board_name(self) -> str:
        """
        Give the name by which her neighbours see her: the first, and the initial of the last.

        Her whole name is for the town hall, for whoever acts for her, for an office that she holds,
        and for the other side of what both have agreed on.
        """
        names = self.display_name.split()
        if self.full_name_on_board or self.erased_at is not None or len(names) < 2:
            return self.display_name
        return f"{names[0]} {names[-1][:1]}."


class Role(models.TextChoices):
    """Name what somebody is in a village, beside living there."""

    RESIDENT = "resident", _("resident")
    VOLUNTEER = "volunteer", _("volunteer")
    EDITOR = "editor", _("editor of an outlet")
    CLERK = "clerk", _("clerk of a department")
    COORDINATOR = "coordinator", _("coordinator of a centre")
    MODERATOR = "moderator", _("moderator")
    STEWARD = "steward", _("steward of the village")


class Residency(models.IntegerChoices):
    """Name how sure the village is that somebody lives there; what showed it is kept nowhere."""

    DECLARED = 0, _("says so")
    LETTER = 1, _("has had a letter there")
    DESK = 2, _("was seen at the desk")
    VOUCHED = 3, _("two neighbours vouch for it")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Speak of memberships."""

    def current(self) -> MembershipQuerySet:
        """Keep those that have not ended."""
        return self.filter(ended_at=None)


class Membership(VillageObject):
    """Say that a resident belongs to a village."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="memberships")
    neighbourhood = models.ForeignKey(Neighbourhood, models.SET_NULL, null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    residency = models.PositiveSmallIntegerField(choices=Residency, default=Residency.DECLARED)

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "resident"],
                condition=models.Q(ended_at=None),
                name="one_membership_per_village",
            )
        ]


class GrantQuerySet(models.QuerySet["Grant"]):
    """Speak of grants."""

    def standing(self) -> GrantQuerySet:
        """Keep those that hold now, by the clock of the database: granted, and not over."""
        still = models.Q(until=None) | models.Q(until__gt=Now())
        return self.filter(still, granted_at__isnull=False)


class Grant(models.Model):
    """
    Give a member a role: of the whole village, or of one outlet, department or centre.

    Until a second steward has confirmed it, it is a proposal: ``granted_at`` is empty. What has
    ended is removed; that it was there, and who gave it, is in the journal.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    of = models.UUIDField(null=True, blank=True)
    proposed_by = models.ForeignKey(Resident, models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = GrantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["membership", "role", "of"], name="one_grant_per_role_and_place"
            ),
            models.UniqueConstraint(
                fields=["membership", "role"],
                condition=models.Q(of=None),
                name="one_grant_per_role",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["until"],
                condition=models.Q(until__isnull=False),
                name="grants_that_will_end",
            )
        ]


class Block(VillageObject):
    """
    Keep two residents out of each other's sight, in every village they share.

    ``blocker`` asked for it; the other one is never told. ``village`` is where they met.
    """

    blocker = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    blocked = models.ForeignKey(Resident, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_per_pair"),
            models.CheckConstraint(
                condition=~models.Q(blocker=models.F("blocked")), name="nobody_blocks_herself"
            ),
        ]
