//! Money: whole minor units of a currency, so that sums are exact.

use super::{Field, Shape, code, text3};

/// Members of an amount.
pub static AMOUNT: [Field; 2] = [
    Field::new(
        "currency",
        Shape::Code(&code::CURRENCY),
        "ISO 4217",
        text3("Валюта", "Валюта", "Currency"),
        text3(
            "Валютаның үш әріпті коды, мысалы KZT.",
            "Трёхбуквенный код валюты, например KZT.",
            "Three-letter currency code, such as KZT.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "minorUnits",
        Shape::Integer {
            min: 0,
            max: MINOR_UNITS_MAX,
        },
        "ISO 4217 minor units",
        text3(
            "Сомасы, ең ұсақ бірлікпен",
            "Сумма в мельчайших единицах",
            "Amount in minor units",
        ),
        text3(
            "Валютаның ең ұсақ бірлігімен бүтін сан: теңге үшін тиын.",
            "Целое число мельчайших единиц валюты: для тенге это тиыны.",
            "A whole number of the currency's smallest unit: cents for the euro.",
        ),
    )
    .required()
    .unit("{minor unit}"),
];

/// The greatest amount: a million million units of a currency with two minor digits, far below 2^53.
pub const MINOR_UNITS_MAX: i64 = 100_000_000_000_000;
