//! Where something is: the members that every place in a record has.

use super::{Field, Shape, code, text3};

/// Members of a place. Coordinates are WGS 84, as strings, because records hold no fractions.
pub static PLACE: [Field; 10] = [
    Field::new(
        "name",
        Shape::Line { max_chars: 200 },
        "schema.org Place.name",
        text3("Орынның атауы", "Название места", "Name of the place"),
        text3(
            "Жергілікті тұрғындар атайтын атауы, мысалы саябақ немесе мектеп.",
            "Как место называют местные жители, например парк или школа.",
            "What local people call it, such as a park or a school.",
        ),
    ),
    Field::new(
        "address",
        Shape::Text { max_chars: 500 },
        "VDS Location.address; schema.org PostalAddress.streetAddress",
        text3("Мекенжай", "Адрес", "Address"),
        text3(
            "Көше мен үй, хатта жазылатындай.",
            "Улица и дом, как на конверте.",
            "Street and house, as on an envelope.",
        ),
    ),
    Field::new(
        "locality",
        Shape::Line { max_chars: 200 },
        "schema.org PostalAddress.addressLocality",
        text3("Елді мекен", "Населённый пункт", "Town or village"),
        text3(
            "Қала, кент немесе ауыл.",
            "Город, посёлок или село.",
            "The city, town or village.",
        ),
    ),
    Field::new(
        "area",
        Shape::Line { max_chars: 200 },
        "schema.org PostalAddress.addressRegion",
        text3(
            "Облыс, штат немесе аудан",
            "Область, штат или район",
            "State, province or county",
        ),
        text3(
            "Жергілікті жерде жазылатындай; коды белгілі болса, өңірді де көрсетіңіз.",
            "Так, как пишут на месте; если известен код, укажите и регион.",
            "As written locally; give the region too when its code is known.",
        ),
    ),
    Field::new(
        "postalCode",
        Shape::Line { max_chars: 16 },
        "schema.org PostalAddress.postalCode",
        text3("Пошта индексі", "Почтовый индекс", "Postal code"),
        text3(
            "Пошта индексі, елде жазылатындай.",
            "Почтовый индекс, как его пишут в стране.",
            "The postal code as the country writes it.",
        ),
    ),
    Field::new(
        "region",
        Shape::Code(&code::REGION),
        "ISO 3166-2",
        text3("Өңір", "Регион", "Region"),
        text3(
            "ISO 3166-2 бойынша өңір коды, мысалы KZ-75.",
            "Код региона по ISO 3166-2, например KZ-75.",
            "Region code of ISO 3166-2, such as KZ-75.",
        ),
    )
    .indexed(),
    Field::new(
        "country",
        Shape::Code(&code::COUNTRY),
        "ISO 3166-1 alpha-2",
        text3("Ел", "Страна", "Country"),
        text3(
            "Елдің екі әріпті коды, мысалы KZ.",
            "Двухбуквенный код страны, например KZ.",
            "Two-letter country code, such as KZ.",
        ),
    )
    .indexed(),
    Field::new(
        "latitude",
        Shape::Decimal {
            min: -90,
            max: 90,
            places: 15,
        },
        "VDS Location.latitude; WGS 84",
        text3("Ендік", "Широта", "Latitude"),
        text3(
            "Экватордан солтүстікке қарай градус; оңтүстікте минус таңбасымен.",
            "Градусы к северу от экватора; к югу со знаком минус.",
            "Degrees north of the equator; south of it with a minus.",
        ),
    )
    .unit("deg"),
    Field::new(
        "longitude",
        Shape::Decimal {
            min: -180,
            max: 180,
            places: 15,
        },
        "VDS Location.longitude; WGS 84",
        text3("Бойлық", "Долгота", "Longitude"),
        text3(
            "Гринвичтен шығысқа қарай градус; батыста минус таңбасымен.",
            "Градусы к востоку от Гринвича; к западу со знаком минус.",
            "Degrees east of Greenwich; west of it with a minus.",
        ),
    )
    .unit("deg"),
    Field::new(
        "directions",
        Shape::Text { max_chars: 2_000 },
        "schema.org Place.description",
        text3("Қалай жетуге болады", "Как добраться", "How to get there"),
        text3(
            "Көлік, кіреберіс, кездесетін жер.",
            "Транспорт, вход, место встречи.",
            "Transport, entrance, meeting point.",
        ),
    ),
];
