//! Outside text on a terminal: values as a person would write them, tables within 80 columns.
//!
//! Names, titles and reasons come from other organisations. What could move the cursor, recolour or reorder a
//! terminal's text (control characters, C1 included, and the invisible ones that change direction) never gets there.

use serde_json::{Map, Value};

/// Columns of a terminal that everybody has.
const TERMINAL_COLUMNS: usize = 80;
/// A column of a table is not made narrower than this to fit the terminal.
const CELL_COLUMNS_MIN: usize = 8;
/// Between two columns of a table.
const GAP: &str = "  ";

/// Whether a character could change what a terminal shows of the others.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// One line of outside text.
pub(in crate::cli) fn line(text: &str) -> String {
    text.chars()
        .map(|c| if is_unsafe(c) { ' ' } else { c })
        .collect()
}

/// Outside text of several lines.
pub(in crate::cli) fn lines(text: &str) -> String {
    text.chars()
        .map(|c| if c != '\n' && is_unsafe(c) { ' ' } else { c })
        .collect()
}

/// JSON text, compact or pretty, in which unsafe characters are written as `\u` escapes: the same JSON.
pub(in crate::cli) fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        // Line breaks stand between members only: inside a string JSON has them escaped already.
        if c != '\n' && is_unsafe(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// A value as a person would write it, on one line.
pub(in crate::cli) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => line(text),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().map(plain).collect::<Vec<_>>().join(", ")
        }
        Value::Object(members) if members.is_empty() => "-".to_owned(),
        Value::Object(members) if members.values().all(Value::is_number) => {
            let counts: Vec<String> = members
                .iter()
                .map(|(name, count)| format!("{} {count}", line(name)))
                .collect();
            counts.join(", ")
        }
        other => json(&other.to_string()),
    }
}

/// An object as aligned lines; nested values as JSON.
pub(in crate::cli) fn fields(answer: &Value) -> String {
    let empty = Map::new();
    let members = answer.as_object().unwrap_or(&empty);
    let width = members.keys().map(|name| columns(name)).max().unwrap_or(0);
    members
        .iter()
        .map(|(name, value)| format!("{name:<width$}{GAP}{}", plain(value)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A list of objects as a table: members and their headings. Wide columns end in `…` until the row fits 80 columns;
/// ids are kept whole, because people copy them.
pub(in crate::cli) fn table(rows: &Value, headings: &[(&str, &str)], empty: &str) -> String {
    let rows = rows.as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        return empty.to_owned();
    }
    let head: Vec<String> = headings
        .iter()
        .map(|(_, name)| (*name).to_owned())
        .collect();
    let cells: Vec<Vec<String>> = std::iter::once(head)
        .chain(rows.iter().map(|row| {
            headings
                .iter()
                .map(|(member, _)| plain(&row[*member]))
                .collect()
        }))
        .collect();
    let mut widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            cells
                .iter()
                .map(|row| columns(&row[column]))
                .max()
                .unwrap_or(0)
        })
        .collect();
    narrow(&mut widths, headings);
    let row = |row: &Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| fitted(cell, *width))
            .collect();
        cells.join(GAP).trim_end().to_owned()
    };
    cells.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// Takes columns from the widest that may lose some, until the row fits.
fn narrow(widths: &mut [usize], headings: &[(&str, &str)]) {
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > TERMINAL_COLUMNS {
        let widest = widths
            .iter_mut()
            .zip(headings)
            .filter(|(width, (member, _))| *member != "id" && **width > CELL_COLUMNS_MIN)
            .map(|(width, _)| width)
            .max();
        match widest {
            Some(width) => *width -= 1,
            None => return,
        }
    }
}

/// A cell in exactly so many columns.
fn fitted(text: &str, width: usize) -> String {
    let mut fitted = String::new();
    let mut used = 0;
    let whole = columns(text) <= width;
    let room = if whole { width } else { width - 1 };
    for c in text.chars() {
        if used + column(c) > room {
            break;
        }
        used += column(c);
        fitted.push(c);
    }
    if !whole {
        fitted.push('…');
        used += 1;
    }
    fitted.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
    fitted
}

/// Columns that a terminal gives a text.
fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// Columns of a character: two for the wide ones of East Asia and for pictures, none for marks that combine.
fn column(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value;

    #[test]
    fn what_could_steer_a_terminal_never_reaches_it() {
        let steering = "a\u{1b}[2J\u{9b}31m\u{7}b\u{202e}c\r\nd\u{2066}";
        assert_eq!(line(steering), "a [2J 31m b c  d ");
        assert_eq!(lines("a\n\u{1b}b"), "a\n b");
        let text = value!({"name": steering}).to_string();
        let safe = json(&text);
        assert!(!safe.chars().any(is_unsafe), "{safe}");
        let again: Value = serde_json::from_str(&safe).expect("still JSON");
        assert_eq!(again["name"], steering);
        assert_eq!(json("{\n  \"a\": 1\n}"), "{\n  \"a\": 1\n}");
    }

    #[test]
    fn a_table_fits_the_terminal_and_keeps_ids_whole() {
        let id = "01a202e6-86e7-7e80-b5b8-4b1be2f13192";
        let rows = value!([
            {"id": id, "kind": "opportunity", "title": "Ш".repeat(70), "other": "ж".repeat(40)},
            {"id": id, "kind": "organisation", "title": "短い名前", "other": null},
        ]);
        let headings = [
            ("id", "id"),
            ("kind", "kind"),
            ("title", "title"),
            ("other", "other"),
        ];
        let shown = table(&rows, &headings, "nothing");
        for row in shown.lines() {
            assert!(columns(row) <= TERMINAL_COLUMNS, "{row}");
        }
        assert_eq!(shown.matches(id).count(), 2);
        assert!(shown.contains('…') && shown.contains("短い名前"));
        assert_eq!(table(&value!([]), &headings, "nothing"), "nothing");
    }

    #[test]
    fn values_are_told_in_words() {
        assert_eq!(plain(&value!(null)), "-");
        assert_eq!(plain(&value!([])), "-");
        assert_eq!(plain(&value!(true)), "yes");
        assert_eq!(plain(&value!(["a", "b"])), "a, b");
        assert_eq!(plain(&value!({"busy": 2, "old": 1})), "busy 2, old 1");
        assert_eq!(fields(&value!({"a": 1, "long": "x"})), "a     1\nlong  x");
    }
}
