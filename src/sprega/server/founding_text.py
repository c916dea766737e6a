# SPDX-License-Identifier: EUPL-1.2
"""Industrial Cluster Srednogorie as its founding text of 2005 lists it: 22 members, and nothing invented."""

from __future__ import annotations

from sprega.server.founding import Listed

TITLE = {"en": "Industrial Cluster Srednogorie", "bg": "Индустриален клъстер Средногорие"}

MEMBERS = (
    Listed("assarel-medet", "Assarel-Medet", "Асарел-Медет"),
    Listed("aurubis-bulgaria", "Aurubis Bulgaria", "Аурубис България"),
    Listed("ellatzite-med", "Ellatzite-Med", "Елаците-Мед", holding="geotechmin"),
    Listed("dpm-chelopech", "Dundee Precious Metals Chelopech", "Дънди Прешъс Металс Челопеч"),
    Listed("geotechmin", "Geotechmin", "Геотехмин"),
    Listed("air-liquide-bulgaria", "Air Liquide Bulgaria", "Ер Ликид България"),
    Listed("eurotest-control", "Eurotest-Control", "Евротест-Контрол"),
    Listed("energeo", "Energeo", "Енергео"),
    Listed("opticoelectron-group", "Opticoelectron Group", "Оптикоелектрон Груп"),
    Listed("optix-co", "Optix Co", "Оптикс Ко"),
    Listed(
        "cmvt",
        "Centre for Management and Vocational Training (CMVT)",
        "Център за мениджмънт и професионално обучение (ЦМПО)",
        "training",
    ),
    Listed(
        "mgu",
        "University of Mining and Geology “St. Ivan Rilski”",
        "Минно-геоложки университет „Св. Иван Рилски“",
        "university",
    ),
    Listed("anton", "Municipality of Anton", "Община Антон", "municipality"),
    Listed("zlatitsa", "Municipality of Zlatitsa", "Община Златица", "municipality"),
    Listed("mirkovo", "Municipality of Mirkovo", "Община Мирково", "municipality"),
    Listed("panagyurishte", "Municipality of Panagyurishte", "Община Панагюрище", "municipality"),
    Listed("pirdop", "Municipality of Pirdop", "Община Пирдоп", "municipality"),
    Listed("strelcha", "Municipality of Strelcha", "Община Стрелча", "municipality"),
    Listed("chavdar", "Municipality of Chavdar", "Община Чавдар", "municipality"),
    Listed("chelopech", "Municipality of Chelopech", "Община Челопеч", "municipality"),
    Listed("koprivshtitsa", "Municipality of Koprivshtitsa", "Община Копривщица", "municipality"),
    Listed("etropole", "Municipality of Etropole", "Община Етрополе", "municipality"),
)
