//! Rules between two fields that several kinds share. A field that is missing breaks none of them.

use serde_json::{Map, Value};

use crate::field::FieldFault;

use super::Reader;

/// Two dates, or two times of one spelling: the later one is not before the earlier one.
pub(super) fn ordered(
    object: &Map<String, Value>,
    earlier: &str,
    later: &str,
) -> Result<(), FieldFault> {
    let text = |name| object.get(name).and_then(Value::as_str);
    match (text(earlier), text(later)) {
        // Dates and times are spelled so that their texts sort as they do.
        (Some(from), Some(until)) if until < from => {
            Err(Reader(object).fault(later, &format!("not before `{earlier}`, which is {from}")))
        }
        _ => Ok(()),
    }
}

/// Two numbers: `less` is at most `most`.
pub(super) fn at_most(
    object: &Map<String, Value>,
    less: &str,
    most: &str,
) -> Result<(), FieldFault> {
    let read = Reader(object);
    match (read.integer(less), read.integer(most)) {
        (Some(found), Some(limit)) if found > limit => {
            Err(read.fault(less, &format!("at most `{most}`, which is {limit}")))
        }
        _ => Ok(()),
    }
}

/// A place: coordinates come in pairs, and its region lies in its country.
pub(super) fn place(object: &Map<String, Value>, name: &str) -> Result<(), FieldFault> {
    let Some(place) = object.get(name).and_then(Value::as_object) else {
        return Ok(());
    };
    let read = Reader(place);
    for (one, other) in [("latitude", "longitude"), ("longitude", "latitude")] {
        if place.contains_key(one) && !place.contains_key(other) {
            return Err(FieldFault::missing(
                format!("{name}.{other}"),
                format!("both coordinates or neither, and `{one}` is given"),
            ));
        }
    }
    if let (Ok(region), Ok(country)) = (read.text("region"), read.text("country"))
        && region.split('-').next() != Some(country)
    {
        return Err(read
            .fault(
                "region",
                &format!("a region of `country`, which is {country}"),
            )
            .within(name));
    }
    Ok(())
}
