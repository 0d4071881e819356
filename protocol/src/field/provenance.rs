//! Where an imported record came from, so that a reader can go back and an import can be repeated.

use super::{Field, Shape, text3};

/// Members of a source.
pub static SOURCE: [Field; 6] = [
    Field::new(
        "name",
        Shape::Line { max_chars: 200 },
        "DCAT dcterms:title",
        text3("Дереккөз", "Источник", "Source"),
        text3(
            "Жазба алынған деректер жинағының атауы.",
            "Название набора данных, из которого взята запись.",
            "Name of the data set the record was taken from.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "id",
        Shape::Line { max_chars: 128 },
        "DCAT dcterms:identifier",
        text3(
            "Дереккөздегі белгісі",
            "Идентификатор в источнике",
            "Id in the source",
        ),
        text3(
            "Дереккөздің өзі осы затқа берген белгі.",
            "Идентификатор, который дал ей сам источник.",
            "The id that the source itself gave it.",
        ),
    )
    .required()
    .indexed(),
    Field::new(
        "url",
        Shape::Url,
        "DCAT dcat:landingPage",
        text3(
            "Дереккөздегі беті",
            "Страница в источнике",
            "Page in the source",
        ),
        text3(
            "Түпнұсқаны ашатын мекенжай.",
            "Адрес, по которому открывается оригинал.",
            "Address that opens the original.",
        ),
    ),
    Field::new(
        "license",
        Shape::Uri,
        "DCAT dcterms:license; RPDE license",
        text3(
            "Дереккөздің лицензиясы",
            "Лицензия источника",
            "Licence of the source",
        ),
        text3(
            "Дереккөз деректерін қандай шартпен беретінінің мекенжайы.",
            "Адрес условий, на которых источник отдаёт данные.",
            "Address of the terms under which the source gives its data.",
        ),
    ),
    Field::new(
        "created",
        Shape::Date,
        "DCAT dcterms:issued",
        text3(
            "Дереккөзде жарияланған күні",
            "Опубликовано в источнике",
            "Published in the source",
        ),
        text3(
            "Дереккөзде алғаш пайда болған күні.",
            "День, когда запись появилась в источнике.",
            "The day it first appeared in the source.",
        ),
    ),
    Field::new(
        "modified",
        Shape::Date,
        "DCAT dcterms:modified; RPDE modified",
        text3(
            "Дереккөзде өзгерген күні",
            "Изменено в источнике",
            "Changed in the source",
        ),
        text3(
            "Дереккөзде соңғы рет өзгерген күні.",
            "День последнего изменения в источнике.",
            "The day it was last changed in the source.",
        ),
    ),
];
