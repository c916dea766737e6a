# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: E501 (a table reads better with one row a line)
"""Who and what is in the practice purchase: plainly fictional people, ordinary goods, invented prices.

Every name stands in English and Bulgarian. Prices are of the order of 2026, without VAT.
"""

from __future__ import annotations

from typing import NamedTuple

NAME = (
    "Practice purchase 2026 (illustrative figures)",
    "Учебна обща покупка 2026 (примерни данни)",
)


UNITS = {
    "t": "т", "m³": "м³", "l": "л", "kg": "кг", "m": "м",
    "piece": "бр.", "pair": "чифт", "set": "к-т", "box": "кашон",
}  # fmt: skip
"""Units in Bulgarian."""


class MemberRow(NamedTuple):
    """A member: `needs` says how much of each field's goods it uses (M01 mines the most)."""

    code: str
    english: str
    bulgarian: str
    kind: str
    holding: str
    sites: tuple[tuple[str, str], ...]
    needs: dict[str, float]
    today: float
    """Level of its prices today: 1.0 is a good contract, 1.1 a poor one."""


class GoodsRow(NamedTuple):
    """An item: `volume` is a year's use of a member whose need of the field is 1."""

    lot: str
    code: str
    english: str
    bulgarian: str
    unit: str
    cpv: str
    field: str
    price: float
    volume: float


class SupplierRow(NamedTuple):
    """A supplier: `level` is its price level by field; a field left out it does not sell."""

    code: str
    english: str
    bulgarian: str
    level: dict[str, float]
    rebate: float
    """How far its last tier goes below its first."""
    lane: float
    """Cost of one delivery run to a near site."""


MINE = {
    "mill": 1.0,
    "blast": 1.0,
    "fuel": 1.0,
    "haul": 1.0,
    "oil": 1.0,
    "belt": 1.0,
    "wear": 1.0,
    "site": 1.0,
}
WORKS = {"oil": 0.25, "wear": 0.3, "site": 0.5, "office": 0.6, "power": 0.6}
OFFICE = {"site": 0.06, "office": 0.5, "lab": 0.3}


def _scaled(needs: dict[str, float], factor: float, **more: float) -> dict[str, float]:
    return {**{field: factor * need for field, need in needs.items()}, **more}


MEMBERS = (
    MemberRow(
        "M01", "Medna Reka Mining", "Рудници „Медна река“", "company", "MEDNA-REKA",
        (("Open pit", "Открит рудник"), ("Concentrator", "Обогатителна фабрика")),
        _scaled(MINE, 1.0, lab=0.6, office=1.0, power=0.8, gas=0.2), 0.962,
    ),
    MemberRow(
        "M02", "Sinya Skala Mine", "Рудник „Синя скала“", "company", "SINYA-SKALA",
        (("Mine", "Рудник"), ("Mill", "Мелнично отделение")),
        _scaled(MINE, 0.7, lab=0.4, office=0.7, power=0.5, gas=0.1), 0.985,
    ),
    MemberRow(
        "M03", "Vranov Rid Mine", "Рудник „Вранов рид“", "company", "",
        (("Mine", "Рудник"),), _scaled(MINE, 0.4, lab=0.2, office=0.4, power=0.3), 1.03,
    ),
    MemberRow(
        "M04", "Dalbok Klad Mine", "Рудник „Дълбок клад“", "company", "",
        (("Underground mine", "Подземен рудник"),),
        {"mill": 0.35, "blast": 0.5, "fuel": 0.2, "belt": 0.4, "oil": 0.3, "wear": 0.3, "site": 0.6, "lab": 0.2,
         "office": 0.4, "power": 0.7}, 1.03,
    ),
    MemberRow(
        "M05", "Zhar Ptitsa Smelter", "Топилня „Жар птица“", "company", "MEDNA-REKA",
        (("Smelter", "Топилня"), ("Port store", "Пристанищен склад")),
        {"fuel": 0.25, "oil": 0.5, "belt": 0.5, "wear": 0.9, "site": 1.1, "lab": 1.0, "office": 1.2, "power": 1.4,
         "gas": 1.4, "lime": 0.9}, 0.992,
    ),
    MemberRow(
        "M06", "Trima Kovachi Foundry", "Леярна „Трима ковачи“", "company", "",
        (("Foundry", "Леярна"),), _scaled(WORKS, 0.9, gas=0.5, lab=0.2), 1.09,
    ),
    MemberRow(
        "M07", "Medna Grivna Wire Works", "Завод за тел „Медна гривна“", "company", "MEDNA-REKA",
        (("Works", "Завод"),), _scaled(WORKS, 0.8, power=0.9, gas=0.2), 1.02,
    ),
    MemberRow(
        "M08", "Stomanena Perla Machine Works", "Машинен завод „Стоманена перла“", "company", "",
        (("Works", "Завод"),), _scaled(WORKS, 1.2, gas=0.4, fuel=0.03), 1.08,
    ),
    MemberRow(
        "M09", "Lunen Prah Optics", "Оптика „Лунен прах“", "company", "",
        (("Works", "Завод"),), {"site": 0.25, "office": 0.8, "lab": 0.5, "power": 0.3, "gas": 0.1}, 1.06,
    ),
    MemberRow(
        "M10", "Zelen Feniks Energy Services", "Енергийни услуги „Зелен феникс“", "company", "",
        (("Depot", "База"),), {"site": 0.2, "office": 0.3, "fuel": 0.03, "power": 0.8, "road": 0.4, "oil": 0.05}, 1.07,
    ),
    MemberRow(
        "M11", "Bistra Kapka Laboratories", "Лаборатории „Бистра капка“", "company", "",
        (("Laboratory", "Лаборатория"),), {"site": 0.05, "office": 0.4, "lab": 1.2, "gas": 0.1, "road": 0.1}, 1.06,
    ),
    MemberRow(
        "M12", "Ruden Kon Haulage", "Превози „Руден кон“", "company", "SINYA-SKALA",
        (("Depot", "Автобаза"), ("Workshop", "Сервиз")),
        {"fuel": 0.6, "road": 2.2, "haul": 0.4, "oil": 0.6, "site": 0.3, "office": 0.2}, 1.0,
    ),
    MemberRow(
        "M13", "Kamenna Roza Quarry", "Кариера „Каменна роза“", "company", "SINYA-SKALA",
        (("Quarry", "Кариера"),), {"blast": 0.25, "fuel": 0.15, "haul": 0.2, "belt": 0.3, "oil": 0.15, "wear": 0.25,
                                   "site": 0.25, "office": 0.1, "road": 0.3}, 1.02,
    ),
    MemberRow(
        "M14", "Tih Svredel Drilling", "Сондажи „Тих свредел“", "company", "",
        (("Depot", "База"),), {"fuel": 0.1, "oil": 0.15, "wear": 0.1, "site": 0.25, "road": 0.4, "office": 0.2}, 1.09,
    ),
    MemberRow(
        "M15", "Zhelyazna Lastovitsa Maintenance", "Ремонти „Желязна лястовица“", "company", "",
        (("Workshop", "Работилница"),), {"oil": 0.1, "wear": 0.35, "site": 0.4, "gas": 0.5, "office": 0.2, "road": 0.3}, 1.1,
    ),
    MemberRow(
        "M16", "Medna Pchela Chemicals", "Химия „Медна пчела“", "company", "",
        (("Plant", "Завод"),), {"lime": 0.25, "site": 0.3, "lab": 0.5, "office": 0.4, "power": 0.2, "water": 0.3}, 0.932,
    ),
    MemberRow(
        "M17", "Srebaren Kompas Geology", "Геология „Сребърен компас“", "company", "",
        (("Core store", "Склад за ядки"),), {"site": 0.1, "office": 0.3, "lab": 0.4, "road": 0.2}, 1.08,
    ),
    MemberRow(
        "M18", "Lakoma Svraka Recycling", "Рециклиране „Лакома сврака“", "company", "",
        (("Yard", "Площадка"),), {"fuel": 0.06, "oil": 0.06, "belt": 0.2, "wear": 0.15, "site": 0.3, "road": 0.3,
                                  "office": 0.2, "gas": 0.2}, 1.07,
    ),
    MemberRow(
        "M19", "Goryal Kamak Refractories", "Огнеупори „Горял камък“", "company", "",
        (("Works", "Завод"),), _scaled(WORKS, 0.5, lime=0.12, gas=0.3, belt=0.15), 1.08,
    ),
    MemberRow(
        "M20", "Chark i Zabets Gear Works", "Зъбни колела „Чарк и зъбец“", "company", "",
        (("Works", "Завод"),), _scaled(WORKS, 0.6, gas=0.2), 1.06,
    ),
    MemberRow(
        "M21", "University of Imaginary Ores", "Университет за измислени руди", "university", "",
        (("Campus", "Учебен корпус"),), _scaled(OFFICE, 1.6, power=0.2), 0.918,
    ),
    MemberRow(
        "M22", "Mednograd Training Centre", "Учебен център „Медноград“", "training", "",
        (("Centre", "Център"),), _scaled(OFFICE, 0.6, gas=0.06), 1.05,
    ),
)  # fmt: skip

GOODS = (
    GoodsRow("L01", "BALL-60", "Grinding balls 60 mm", "Мелещи топки 60 mm", "t", "14622000", "mill", 1140, 2400),
    GoodsRow("L01", "BALL-100", "Grinding balls 100 mm", "Мелещи топки 100 mm", "t", "14622000", "mill", 1095, 900),
    GoodsRow("L02", "LIME", "Quicklime, ground", "Негасена вар, смляна", "t", "44921200", "lime", 164, 5200),
    GoodsRow("L03", "XANTHATE", "Xanthate collector", "Ксантогенат (събирател)", "t", "24960000", "mill", 2380, 85),
    GoodsRow("L03", "FROTHER", "Frother", "Пенообразувател", "t", "24960000", "mill", 2940, 40),
    GoodsRow("L04", "FLOC", "Flocculant", "Флокулант", "t", "24962000", "water", 2860, 38),
    GoodsRow("L05", "EMULSION", "Emulsion explosive, bulk", "Емулсионен взрив, насипен", "t", "24610000", "blast", 1060, 1500),
    GoodsRow("L05", "DETONATOR", "Electronic detonators", "Електронни детонатори", "piece", "24610000", "blast", 17.5, 9000),
    GoodsRow("L06", "DIESEL", "Diesel fuel", "Дизелово гориво", "m³", "09134100", "fuel", 1185, 1900),
    GoodsRow("L07", "TYRE-49", "Haul truck tyres 27.00R49", "Гуми за самосвали 27.00R49", "piece", "34350000", "haul", 9750, 36),
    GoodsRow("L08", "TYRE-22", "Lorry tyres 315/80 R22.5", "Гуми за камиони 315/80 R22.5", "piece", "34350000", "road", 338, 160),
    GoodsRow("L09", "TYRE-16", "Van tyres 215/65 R16", "Гуми за микробуси 215/65 R16", "piece", "34351100", "road", 94, 180),
    GoodsRow("L10", "OIL-HYD", "Hydraulic oil HVLP 46", "Хидравлично масло HVLP 46", "l", "09211600", "oil", 2.35, 62000),
    GoodsRow("L10", "OIL-GEAR", "Gear oil CLP 220", "Редукторно масло CLP 220", "l", "09211400", "oil", 2.9, 18000),
    GoodsRow("L11", "OIL-ENG", "Engine oil 15W-40", "Моторно масло 15W-40", "l", "09211100", "oil", 2.65, 38000),
    GoodsRow("L12", "GREASE", "Lithium grease", "Литиева грес", "kg", "24951000", "oil", 4.1, 5200),
    GoodsRow("L13", "BELT", "Conveyor belt 1200 mm", "Транспортна лента 1200 mm", "m", "19510000", "belt", 146, 1900),
    GoodsRow("L14", "IDLER", "Conveyor idlers", "Ролки за транспортни ленти", "piece", "42417300", "belt", 37.5, 1600),
    GoodsRow("L15", "PLATE", "Wear plate 400 HB", "Износоустойчива ламарина 400 HB", "t", "14622000", "wear", 1490, 130),
    GoodsRow("L16", "BEARING", "Spherical roller bearings", "Сферични ролкови лагери", "piece", "44440000", "wear", 182, 420),
    GoodsRow("L17", "PUMP", "Slurry pump wet ends", "Проточни части за шламови помпи", "set", "42122000", "water", 2320, 40),
    GoodsRow("L18", "WELD", "Welding electrodes", "Заваръчни електроди", "kg", "44315200", "wear", 3.15, 14000),
    GoodsRow("L19", "BOOTS", "Safety boots S3", "Защитни обувки S3", "pair", "18830000", "site", 45.5, 950),
    GoodsRow("L20", "CLOTHING", "Work clothing, two-piece", "Работно облекло от две части", "set", "18110000", "site", 51, 1100),
    GoodsRow("L20", "JACKET", "Winter work jackets", "Зимни работни якета", "piece", "18110000", "site", 63, 380),
    GoodsRow("L21", "GLOVES", "Work gloves", "Работни ръкавици", "pair", "18141000", "site", 2.3, 15000),
    GoodsRow("L22", "HELMET", "Safety helmets", "Предпазни каски", "piece", "18444000", "site", 14.2, 420),
    GoodsRow("L23", "MASK", "Dust masks FFP3", "Противопрахови маски FFP3", "piece", "18143000", "site", 0.92, 26000),
    GoodsRow("L24", "CABLE", "Mining power cable", "Руднични силови кабели", "m", "44321000", "power", 21.4, 3800),
    GoodsRow("L25", "LAMP", "Industrial LED luminaires", "Промишлени LED осветители", "piece", "31500000", "power", 63, 420),
    GoodsRow("L26", "OXYGEN", "Oxygen, bundle of cylinders", "Кислород, сноп бутилки", "piece", "24110000", "gas", 118, 520),
    GoodsRow("L27", "ACIDS", "Laboratory acids and reagents", "Лабораторни киселини и реактиви", "set", "33696500", "lab", 305, 90),
    GoodsRow("L27", "CRUCIBLE", "Fire assay crucibles", "Тигли за пробирен анализ", "piece", "33696500", "lab", 1.85, 12000),
    GoodsRow("L28", "PAPER", "Office paper A4", "Копирна хартия A4", "box", "30197630", "office", 20.8, 420),
    GoodsRow("L29", "COMPUTER", "Desktop computers", "Настолни компютри", "piece", "30213300", "office", 615, 46),
    GoodsRow("L30", "FIRSTAID", "First aid kits", "Аптечки за първа помощ", "piece", "33141623", "site", 27.5, 110),
)  # fmt: skip

SUPPLIERS = (
    SupplierRow(
        "S1", "Gvozdey and Sons", "„Гвоздей и синове“",
        {"mill": 1.0, "wear": 0.985, "belt": 1.0, "site": 1.03, "gas": 1.01, "power": 1.02, "haul": 1.03, "water": 1.02},
        0.075, 60,
    ),
    SupplierRow(
        "S2", "Severen Pelikan Chemicals", "„Северен пеликан“",
        {"mill": 0.995, "lime": 1.0, "water": 0.98, "blast": 1.01, "lab": 0.99, "gas": 0.985, "oil": 1.03, "fuel": 1.012},
        0.085, 75,
    ),
    SupplierRow(
        "S3", "Sharena Sova Safety", "„Шарена сова“",
        {"site": 0.985, "office": 1.0, "lab": 1.015, "power": 1.0, "road": 1.03, "wear": 1.04}, 0.11, 35,
    ),
    SupplierRow(
        "S4", "Kotva bez More Trading", "„Котва без море“",
        {"mill": 1.01, "lime": 1.01, "blast": 0.98, "belt": 0.965, "haul": 1.0, "road": 1.0, "office": 1.02, "lab": 1.03,
         "water": 0.96, "fuel": 1.006, "oil": 1.01, "power": 1.01, "gas": 1.03}, 0.06, 45,
    ),
    SupplierRow(
        "S5", "Dalech i Blizo Supply", "„Далеч и близо“",
        {"lime": 1.015, "belt": 1.02, "wear": 1.01, "site": 1.0, "office": 0.99, "power": 0.99, "road": 0.995,
         "lab": 1.0, "blast": 1.02, "oil": 1.0}, 0.055, 22,
    ),
    SupplierRow(
        "S6", "Barza Kostenurka Oils", "„Бърза костенурка“",
        {"oil": 0.99, "fuel": 1.0, "haul": 0.985, "road": 0.985, "water": 1.03, "lime": 1.03, "site": 1.04, "office": 1.03},
        0.09, 50,
    ),
)  # fmt: skip

MIX = {
    "BALL-60": {"M04": 0.15},
    "BALL-100": {"M01": 0.5, "M02": 0.7, "M04": 5.6},
    "DETONATOR": {"M13": 3.0},
    "OIL-GEAR": {"M05": 2.5, "M12": 0.3},
    "CRUCIBLE": {"M11": 2.5, "M21": 0.2},
}
"""Members that need more or less of an item than others of their size."""

UNEVEN = {
    ("S1", "BALL-100"): 0.06,
    ("S2", "BALL-100"): 0.05,
    ("S4", "BALL-100"): -0.05,
    ("S4", "BALL-60"): 0.08,
    ("S2", "DETONATOR"): 0.06,
    ("S5", "OIL-GEAR"): -0.07,
    ("S3", "CRUCIBLE"): 0.08,
}
"""Bidders that are strong in one item of a lot and weak in another: one supplier for both suits some members less."""
