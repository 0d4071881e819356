//! A form laid out: a list of parts from top to bottom, which a template writes one after the other.

use erikti_protocol::field::{Choice, Field, Shape};
use erikti_protocol::kind::Kind;

use super::fault::FormFault;
use super::list::Offers;
use super::{EXTRA, Entered, Form, ROW, SUBJECT, is_choice};
use crate::text::Language;

/// Fields that people fill in first, in whatever kind they stand; all others wait behind one summary, unless they are
/// required or filled.
const COMMON: &[&str] = &[
    "title",
    "name",
    "summary",
    "description",
    "status",
    "startDate",
    "endDate",
    "start",
    "end",
    "timeZone",
    "activity",
    "opportunity",
    "place",
    "allowsRemoteParticipation",
    "capacity",
    "languages",
    "applyLink",
    "contactPage",
    "website",
    "date",
    "minutes",
];
/// Lines of an area for words, and for one line more than a title.
const ROWS_WORDS: usize = 5;
/// Choices from which on an optional choice among ticks would fill the screen.
const TICKS_MAX: usize = 40;

/// A part of a form.
#[derive(Clone, Debug)]
pub enum Part {
    /// A group begins.
    Open(Group),
    /// The group ends.
    Close,
    /// What is needed less often begins; open when something in it needs attention.
    More {
        /// How many fields.
        count: usize,
        /// Whether it is shown at once.
        open: bool,
    },
    /// It ends.
    MoreEnd,
    /// One input.
    Control(Control),
    /// Boxes to tick.
    Ticks(Control),
    /// A value that nobody sees.
    Hidden {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A button for one more row.
    Add {
        /// What it submits.
        value: String,
        /// What the rows are.
        label: String,
    },
    /// A button for one more language.
    AddLanguage {
        /// The path of the words.
        path: String,
        /// What they are.
        label: String,
    },
}

/// A group of inputs.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// What it is.
    pub legend: String,
    /// What it is for.
    pub help: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// What its button for removal submits, for a row of a list.
    pub remove: Option<String>,
}

/// One input.
#[derive(Clone, Debug)]
pub struct Control {
    /// Its id and name.
    pub id: String,
    /// What it is.
    pub label: String,
    /// What it is for.
    pub help: String,
    /// What it counts, in words.
    pub unit: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// What stands in it.
    pub value: String,
    /// The language of what stands in it.
    pub lang: Option<String>,
    /// How it is entered.
    pub means: Means,
    /// What its button for removal submits, for a row of a list.
    pub remove: Option<String>,
}

/// How something is entered.
#[derive(Clone, Debug)]
pub enum Means {
    /// One line.
    Line {
        /// The input's type.
        of: &'static str,
        /// The keyboard of a phone.
        mode: &'static str,
        /// The list of what may be meant.
        offers: Option<String>,
        /// An example.
        example: &'static str,
    },
    /// Several lines.
    Area {
        /// How many are shown.
        rows: usize,
    },
    /// One of these.
    Choose(Vec<Chosen>),
}

/// A choice, and whether it is made.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// What stands in the record.
    pub value: String,
    /// What people call it.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Control {
    /// Ids of what describes it, for `aria-describedby`.
    pub fn described(&self) -> String {
        let help = (!self.help.is_empty()).then(|| format!("{}-help", self.id));
        let fault = (!self.faults.is_empty()).then(|| format!("{}-fault", self.id));
        [help, fault]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Lays a form out.
pub fn parts(
    kind: &Kind,
    form: &Form,
    faults: &[FormFault],
    offers: &Offers,
    language: Language,
) -> Vec<Part> {
    let mut layout = Layout {
        faults,
        offers,
        language,
        parts: Vec::new(),
    };
    let (first, rest): (Vec<_>, Vec<_>) = [
        (kind.fields, &form.subject, SUBJECT),
        (kind.extra, &form.extra, EXTRA),
    ]
    .into_iter()
    .flat_map(|(fields, entered, prefix)| fields.iter().map(move |field| (field, entered, prefix)))
    .filter(|(field, ..)| !matches!(field.shape, Shape::Types(_)))
    .partition(|(field, entered, prefix)| {
        field.required
            || (*prefix == SUBJECT && COMMON.contains(&field.name))
            || entered
                .members
                .get(field.name)
                .is_some_and(|entered| !entered.is_blank())
    });
    for (field, entered, prefix) in first {
        layout.field(field, entered, prefix);
    }
    if !rest.is_empty() {
        let touched = |(field, entered, prefix): &(&Field, &Entered, &str)| {
            let path = format!("{prefix}.{}", field.name);
            entered.members.contains_key(field.name)
                && entered.members[field.name] != Entered::default()
                && !entered.members[field.name].members.is_empty()
                || faults.iter().any(|fault| below(&fault.path, &path))
        };
        layout.parts.push(Part::More {
            count: rest.len(),
            open: rest.iter().any(touched),
        });
        for (field, entered, prefix) in rest {
            layout.field(field, entered, prefix);
        }
        layout.parts.push(Part::MoreEnd);
    }
    layout.parts
}

fn below(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

struct Layout<'a> {
    faults: &'a [FormFault],
    offers: &'a Offers,
    language: Language,
    parts: Vec<Part>,
}

impl Layout<'_> {
    fn said(&self, path: &str) -> Vec<String> {
        self.faults
            .iter()
            .filter(|fault| fault.path == path)
            .map(|fault| fault.say(self.language))
            .collect()
    }

    fn field(&mut self, field: &'static Field, entered: &Entered, above: &str) {
        let path = format!("{above}.{}", field.name);
        let nothing = Entered::default();
        let entered = entered.members.get(field.name).unwrap_or(&nothing);
        let tag = self.language.tag();
        let mut control = Control {
            id: path.clone(),
            label: field.label.of(tag).to_owned(),
            help: field.help.of(tag).to_owned(),
            unit: self.unit(field),
            required: field.required,
            faults: self.said(&path),
            value: entered.first().to_owned(),
            lang: None,
            means: Means::Choose(Vec::new()),
            remove: None,
        };
        match &field.shape {
            Shape::Types(_) => {}
            Shape::Object(fields) => {
                self.open(&control);
                for field in fields.iter() {
                    self.field(field, entered, &path);
                }
                self.parts.push(Part::Close);
            }
            Shape::Title { .. } | Shape::Words { .. } => self.words(&field.shape, control, entered),
            Shape::List(item, _) if is_choice(item) => {
                control.means = Means::Choose(self.ticks(item, entered));
                self.parts.push(Part::Ticks(control));
            }
            Shape::List(item, max) => self.rows(item, *max, &control, entered),
            shape => {
                self.mean(shape, &mut control);
                self.parts.push(Part::Control(control));
            }
        }
    }

    /// A unit in words; one that its label already says, which UCUM writes in braces, has none.
    fn unit(&self, field: &Field) -> Option<String> {
        let unit = field.unit.filter(|unit| !unit.starts_with('{'))?;
        Some(self.language.say(&format!("unit-{unit}")))
    }

    fn open(&mut self, control: &Control) {
        self.parts.push(Part::Open(Group {
            id: control.id.clone(),
            legend: control.label.clone(),
            help: control.help.clone(),
            required: control.required,
            faults: control.faults.clone(),
            remove: control.remove.clone(),
        }));
    }

    fn words(&mut self, shape: &Shape, control: Control, entered: &Entered) {
        self.open(&control);
        // The reader's own language first: most words are written in it alone.
        let own = self.language;
        let mut tags = vec![own.tag()];
        tags.extend(Language::OFFERED.iter().map(|language| language.tag()));
        tags.extend(entered.members.keys().map(String::as_str));
        let mut seen = std::collections::BTreeSet::new();
        for tag in tags {
            let written = entered.members.contains_key(tag);
            let offered = Language::OFFERED
                .iter()
                .any(|language| language.tag() == tag);
            if !seen.insert(tag) || !(offered || written) {
                continue;
            }
            let path = format!("{}.{tag}", control.id);
            let known = Language::OFFERED
                .into_iter()
                .find(|language| language.tag() == tag);
            let value = entered.members.get(tag).map_or("", Entered::first);
            let means = match shape {
                Shape::Words { .. } => Means::Area { rows: ROWS_WORDS },
                _ => line("text", "", None, ""),
            };
            self.parts.push(Part::Control(Control {
                label: known.map_or_else(
                    || self.offers.language(tag),
                    |known| known.own_name().to_owned(),
                ),
                help: String::new(),
                unit: None,
                required: false,
                faults: self.said(&path),
                value: value.to_owned(),
                lang: (tag != "und").then(|| tag.to_owned()),
                means,
                remove: None,
                id: path,
            }));
        }
        self.parts.push(Part::AddLanguage {
            path: control.id,
            label: control.label,
        });
        self.parts.push(Part::Close);
    }

    fn rows(&mut self, item: &'static Shape, max: usize, control: &Control, entered: &Entered) {
        self.open(control);
        let mut rows = entered.rows();
        let blank = Entered::default();
        // One value a row invites with an empty one; a whole object comes only when it is asked for.
        if !matches!(item, Shape::Object(_))
            && rows.len() < max
            && rows.last().is_none_or(|last| !last.is_blank())
        {
            rows.push(&blank);
        }
        for (at, row) in rows.iter().enumerate() {
            let path = format!("{}.{at}", control.id);
            let mut row_control = Control {
                label: format!("{} {}", control.label, at + 1),
                help: String::new(),
                unit: control.unit.clone(),
                required: false,
                faults: self.said(&path),
                value: row.first().to_owned(),
                lang: None,
                means: Means::Choose(Vec::new()),
                remove: (entered.rows().len() > at).then(|| format!("remove:{}:{at}", control.id)),
                id: path.clone(),
            };
            match item {
                Shape::Object(fields) => {
                    self.open(&row_control);
                    if let Some(was) = row.members.get(ROW) {
                        self.parts.push(Part::Hidden {
                            name: format!("{path}.{ROW}"),
                            value: was.first().to_owned(),
                        });
                    }
                    for field in fields.iter() {
                        self.field(field, row, &path);
                    }
                    self.parts.push(Part::Close);
                }
                shape => {
                    self.mean(shape, &mut row_control);
                    self.parts.push(Part::Control(row_control));
                }
            }
        }
        if rows.len() < max {
            self.parts.push(Part::Add {
                value: format!("add:{}", control.id),
                label: control.label.clone(),
            });
        }
        self.parts.push(Part::Close);
    }

    /// How a value of this shape is entered. What is wrong is shown as it was typed: a calendar would show nothing.
    fn mean(&self, shape: &Shape, control: &mut Control) {
        let wrong = !control.faults.is_empty();
        let of = |of: &'static str| if wrong { "text" } else { of };
        if !wrong {
            control.value = control_text(shape, &control.value);
        }
        let offers = self.offers.id_at(&control.id, shape);
        control.means = match shape {
            Shape::Text { .. } => Means::Area { rows: ROWS_WORDS },
            Shape::Bool => Means::Choose(self.choose(
                [
                    ("true".to_owned(), self.language.say("yes")),
                    ("false".to_owned(), self.language.say("no")),
                ],
                &control.value,
            )),
            Shape::OneOf(choices) | Shape::Suggested(choices) => {
                Means::Choose(self.choose(self.labelled(choices), &control.value))
            }
            Shape::Integer { .. } => line("text", "numeric", None, ""),
            Shape::Decimal { .. } => line("text", "decimal", None, ""),
            Shape::Date => line(of("date"), "", None, "2026-12-31"),
            Shape::LocalTime => line(of("time"), "", None, "09:00"),
            Shape::Timestamp | Shape::LocalDateTime => {
                line(of("datetime-local"), "", None, "2026-12-31T09:00:00")
            }
            Shape::Url => line("text", "url", None, "https://"),
            Shape::Code(code) => line("text", "", offers, code.example),
            _ => line("text", "", offers, ""),
        };
    }

    fn labelled(&self, choices: &[Choice]) -> Vec<(String, String)> {
        let tag = self.language.tag();
        let pair = |choice: &Choice| (choice.value.to_owned(), choice.label.of(tag).to_owned());
        choices.iter().map(pair).collect()
    }

    fn choose(
        &self,
        offered: impl IntoIterator<Item = (String, String)>,
        value: &str,
    ) -> Vec<Chosen> {
        let chosen = |(offered, label): (String, String)| Chosen {
            chosen: offered == value,
            value: offered,
            label,
        };
        let mut all = vec![chosen((String::new(), "—".to_owned()))];
        all.extend(offered.into_iter().map(chosen));
        if !all.iter().any(|choice| choice.chosen) {
            all.push(chosen((value.to_owned(), value.to_owned())));
        }
        all
    }

    fn ticks(&self, item: &Shape, entered: &Entered) -> Vec<Chosen> {
        let (Shape::OneOf(choices) | Shape::Suggested(choices)) = item else {
            return Vec::new();
        };
        let mut all: Vec<Chosen> = self
            .labelled(choices)
            .into_iter()
            .take(TICKS_MAX)
            .map(|(value, label)| Chosen {
                chosen: entered.texts.contains(&value),
                value,
                label,
            })
            .collect();
        for text in entered.texts.iter().filter(|text| !text.is_empty()) {
            if !all.iter().any(|choice| choice.value == *text) {
                all.push(Chosen {
                    value: text.clone(),
                    label: text.clone(),
                    chosen: true,
                });
            }
        }
        all
    }
}

const fn line(
    of: &'static str,
    mode: &'static str,
    offers: Option<String>,
    example: &'static str,
) -> Means {
    Means::Line {
        of,
        mode,
        offers,
        example,
    }
}

/// A record's text as an input shows it.
pub(super) fn control_text(shape: &Shape, text: &str) -> String {
    match shape {
        // What the browser asks for on the clock of nobody's place is UTC, which the help text says.
        Shape::Timestamp => text.strip_suffix('Z').unwrap_or(text).to_owned(),
        _ => text.to_owned(),
    }
}
