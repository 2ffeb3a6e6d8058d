"""
The templates: what has been thought of before the water comes, in every language of the village.

Whoever drafts an alert begins with one of them and writes down what is true this time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from village.alerts.cap import Category, Certainty, ResponseType, Severity, Urgency
from village.residents.models import Language

Text = dict[str, str]
# Before the headline and the text of every drill; a text in another language has the English word.
DRILL = {"en": "DRILL", "de": "ÜBUNG", "ja": "訓練"}


@dataclass(frozen=True, slots=True)
class Template:
    """Hold a template; ``words`` are event, headline, description, instruction by language."""

    key: str
    category: Category
    response: ResponseType
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    lasts: timedelta
    words: Mapping[Language, tuple[str, str, str, str]]

    @property
    def texts(self) -> list[Text]:
        """Give the texts, as an alert holds them."""
        return [
            {
                "language": language.value,
                "event": event,
                "headline": headline,
                "description": description,
                "instruction": instruction,
            }
            for language, (event, headline, description, instruction) in self.words.items()
        ]


def marked(texts: Iterable[Text]) -> list[Text]:
    """Say of each text that it is a drill, where people begin to read; twice is once."""
    found = []
    for text in texts:
        mark = f"{DRILL.get(text['language'][:2], DRILL['en'])}: "
        said = {
            name: text[name] if text[name].startswith(mark) else mark + text[name]
            for name in ("event", "headline", "description")
        }
        found.append(text | said)
    return found


EN, DE, JA = Language.ENGLISH, Language.GERMAN, Language.JAPANESE
TEMPLATES = {
    template.key: template
    for template in (
        Template(
            "flood",
            Category.MET,
            ResponseType.EVACUATE,
            Urgency.IMMEDIATE,
            Severity.SEVERE,
            Certainty.LIKELY,
            timedelta(hours=12),
            {
                DE: (
                    "Hochwasser",
                    "Das Wasser steigt.",
                    "Die Straßen am Wasser können bald überflutet sein.",
                    "Gehen Sie in ein oberes Stockwerk. Bleiben Sie aus Keller und Tiefgarage. "
                    "Schalten Sie den Strom im Keller ab. Sehen Sie nach Ihren Nachbarn.",
                ),
                EN: (
                    "Flood",
                    "The water is rising.",
                    "The streets by the water may soon be flooded.",
                    "Go to an upper floor. Stay out of cellars and underground garages. Switch off "
                    "the power in the cellar. Look after your neighbours.",
                ),
                JA: (
                    "洪水",
                    "水位が上がっています。",
                    "川沿いの道路がまもなく冠水するおそれがあります。",
                    "上の階に移動してください。地下室や地下駐車場に入らないでください。"
                    "近所の人にも声をかけてください。",
                ),
            },
        ),
        Template(
            "storm",
            Category.MET,
            ResponseType.SHELTER,
            Urgency.EXPECTED,
            Severity.SEVERE,
            Certainty.LIKELY,
            timedelta(hours=8),
            {
                DE: (
                    "Sturm",
                    "Ein schwerer Sturm kommt.",
                    "Bäume und Dachziegel können fallen.",
                    "Bleiben Sie im Haus. Schließen Sie Fenster und Türen. Holen Sie herein, was "
                    "wegfliegen kann.",
                ),
                EN: (
                    "Storm",
                    "A heavy storm is coming.",
                    "Trees and tiles may fall.",
                    "Stay indoors. Close windows and doors. Bring in what could be blown away.",
                ),
                JA: (
                    "暴風",
                    "激しい嵐が近づいています。",
                    "木や瓦が落ちるおそれがあります。",
                    "家の中にいてください。窓と戸を閉めてください。",
                ),
            },
        ),
        Template(
            "water",
            Category.HEALTH,
            ResponseType.AVOID,
            Urgency.IMMEDIATE,
            Severity.SEVERE,
            Certainty.POSSIBLE,
            timedelta(hours=48),
            {
                DE: (
                    "Trinkwasser",
                    "Bitte kochen Sie das Trinkwasser ab.",
                    "Im Leitungswasser können Keime sein.",
                    "Trinken Sie nur abgekochtes Wasser: einmal sprudelnd aufkochen, dann zehn "
                    "Minuten abkühlen lassen. Auch zum Zähneputzen.",
                ),
                EN: (
                    "Drinking water",
                    "Please boil your drinking water.",
                    "There may be germs in the tap water.",
                    "Drink only water that has boiled: bring it to the boil once, then let it cool "
                    "for ten minutes. For brushing teeth too.",
                ),
                JA: (
                    "飲料水",
                    "水道水は沸かしてから飲んでください。",
                    "水道水に細菌が含まれているおそれがあります。",
                    "一度沸騰させてから飲んでください。歯みがきにも使ってください。",
                ),
            },
        ),
        Template(
            "fire",
            Category.FIRE,
            ResponseType.SHELTER,
            Urgency.IMMEDIATE,
            Severity.SEVERE,
            Certainty.OBSERVED,
            timedelta(hours=6),
            {
                DE: (
                    "Brand",
                    "Rauch und Gase: bitte Fenster schließen.",
                    "Bei einem Brand ziehen Rauch und Gase durch den Ort.",
                    "Schließen Sie Fenster und Türen. Schalten Sie Lüftungen ab. Halten Sie die "
                    "Straßen für die Feuerwehr frei.",
                ),
                EN: (
                    "Fire",
                    "Smoke and gases: please close your windows.",
                    "Smoke and gases of a fire are drifting through the village.",
                    "Close windows and doors. Switch off ventilation. Keep the streets clear for "
                    "the fire brigade.",
                ),
                JA: (
                    "火災",
                    "煙とガス：窓を閉めてください。",
                    "火災の煙とガスが村に流れています。",
                    "窓と戸を閉め、換気を止めてください。消防車の通る道をあけてください。",
                ),
            },
        ),
        Template(
            "power",
            Category.INFRA,
            ResponseType.PREPARE,
            Urgency.IMMEDIATE,
            Severity.MODERATE,
            Certainty.OBSERVED,
            timedelta(hours=12),
            {
                DE: (
                    "Stromausfall",
                    "Der Strom ist ausgefallen.",
                    "Die Störung ist gemeldet.",
                    "Sehen Sie nach Nachbarn, die Geräte zum Leben brauchen. Im Notfall: 112, oder "
                    "die Wache der Feuerwehr.",
                ),
                EN: (
                    "Power cut",
                    "The power is out.",
                    "The fault has been reported.",
                    "Look after neighbours who need devices to live. In an emergency: 112, or the "
                    "fire station.",
                ),
                JA: (
                    "停電",
                    "停電しています。",
                    "電力会社に連絡済みです。",
                    "医療機器が必要な近所の人の様子を見てください。",
                ),
            },
        ),
        Template(
            "heat",
            Category.MET,
            ResponseType.PREPARE,
            Urgency.EXPECTED,
            Severity.MODERATE,
            Certainty.LIKELY,
            timedelta(hours=36),
            {
                DE: (
                    "Hitze",
                    "Es wird sehr heiß.",
                    "Die Hitze ist vor allem für ältere Menschen gefährlich.",
                    "Trinken Sie viel. Bleiben Sie am Nachmittag im Haus. Rufen Sie Nachbarn an, "
                    "die allein leben.",
                ),
                EN: (
                    "Heat",
                    "It will be very hot.",
                    "The heat is dangerous, most of all for older people.",
                    "Drink a lot. Stay indoors in the afternoon. Call neighbours who live alone.",
                ),
                JA: (
                    "猛暑",
                    "とても暑くなります。",
                    "特に高齢の方は注意が必要です。",
                    "水分をこまめにとり、午後は室内で過ごしてください。"
                    "一人暮らしの近所の人に電話してください。",
                ),
            },
        ),
    )
}
