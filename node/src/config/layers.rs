//! Flag over environment over file over default, and the reading of one setting's value.

use std::collections::{BTreeMap, BTreeSet};

use erikti_protocol::{
    field,
    id::{self, OrgId},
    kind,
};
use serde_json::{Map, Value};

use super::{ENVIRONMENT_PREFIX, FILE_BYTES_MAX, KEYS, Key, Place, Settings, SettingsFault, Shape};
use crate::{
    nearest::nearest,
    toml_text::{self, dotted},
};

/// Variables with our prefix that are not settings: where the data is and how to answer (command line), and what tests require.
const OTHER_VARIABLES: &[&str] = &[
    "ERIKTI_DATA",
    "ERIKTI_JSON",
    "ERIKTI_REQUIRE_SHARED",
    "ERIKTI_REQUIRE_JS",
    "ERIKTI_REQUIRE_BROWSER",
    "ERIKTI_SEED",
];
/// What an orchestrator sets by itself beside a service called `erikti`; not ours and not a slip.
const FOREIGN_PREFIXES: &[&str] = &["ERIKTI_PORT", "ERIKTI_SERVICE_"];
/// Addresses to listen on, and to announce: one per interface and transport.
const ADDRESSES_MAX: usize = 16;
/// Longest multiaddr: `/dns4/` + 253 of a host name + `/tcp/65535` stays below.
const ADDRESS_BYTES_MAX: usize = 320;
/// Roots an operator can still look after.
const ROOTS_MAX: usize = 64;
/// A found value is shown up to this length.
const SHOWN_CHARS_MAX: usize = 80;

/// Reads settings from the file's text, the environment's variables and the flags given (`name` or `trust.roots` with
/// the values it was given; a flag without values is as if it were not there).
///
/// Errors   the first thing wrong, with its place, what was found and what is allowed
pub fn read(
    file: &str,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[(&str, Vec<String>)],
) -> Result<Settings, SettingsFault> {
    let mut found = BTreeMap::new();
    read_file(file, &mut found)?;
    read_environment(environment, &mut found)?;
    for (name, values) in flags {
        let place = Place::Flag((*name).to_owned());
        let key = known(name, &place)?;
        if !values.is_empty() {
            let value = typed(key, values, &place)?;
            found.insert(key.name, Setting { key, value, place });
        }
    }
    settle(found)
}

type Found = BTreeMap<&'static str, Setting>;

/// A setting as it stands in one place, not yet read.
struct Setting {
    key: &'static Key,
    value: Value,
    place: Place,
}

fn read_file(file: &str, found: &mut Found) -> Result<(), SettingsFault> {
    if file.len() > FILE_BYTES_MAX {
        return Err(SettingsFault::TooLarge { found: file.len() });
    }
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    flatten(&toml_text::parse(file)?, "", found)
}

fn flatten(table: &Map<String, Value>, path: &str, found: &mut Found) -> Result<(), SettingsFault> {
    for (name, value) in table {
        let name = dotted(path, name);
        let is_group = KEYS.iter().any(|key| {
            key.name
                .strip_prefix(&name)
                .is_some_and(|rest| rest.starts_with('.'))
        });
        match value {
            Value::Object(group) if is_group => flatten(group, &name, found)?,
            _ => {
                let key = known(&name, &Place::File)?;
                let (value, place) = (value.clone(), Place::File);
                found.insert(key.name, Setting { key, value, place });
            }
        }
    }
    Ok(())
}

fn read_environment(
    environment: impl IntoIterator<Item = (String, String)>,
    found: &mut Found,
) -> Result<(), SettingsFault> {
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(ENVIRONMENT_PREFIX) else {
            continue;
        };
        if OTHER_VARIABLES.contains(&variable.as_str())
            || FOREIGN_PREFIXES
                .iter()
                .any(|prefix| variable.starts_with(prefix))
        {
            continue;
        }
        let name = name.to_lowercase().replace("__", ".");
        let place = Place::Environment(variable);
        let key = known(&name, &place)?;
        let values: Vec<String> = match key.shape {
            Shape::Texts => value
                .split(',')
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .collect(),
            Shape::Text | Shape::Integer(..) => vec![value],
        };
        let value = typed(key, &values, &place)?;
        found.insert(key.name, Setting { key, value, place });
    }
    Ok(())
}

fn known(name: &str, place: &Place) -> Result<&'static Key, SettingsFault> {
    KEYS.iter()
        .find(|key| key.name == name)
        .ok_or_else(|| SettingsFault::UnknownKey {
            key: name.chars().take(SHOWN_CHARS_MAX).collect(),
            place: place.clone(),
            nearest: nearest(name, KEYS.iter().map(|key| key.name)),
        })
}

/// What a flag or a variable says, as the file would say it.
fn typed(key: &'static Key, values: &[String], place: &Place) -> Result<Value, SettingsFault> {
    match (key.shape, values) {
        (Shape::Texts, values) => Ok(Value::from(values)),
        (Shape::Text, [text]) => Ok(Value::from(text.as_str())),
        (Shape::Integer(min, max), [text]) => text
            .trim()
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| refuse(key, place, text, &whole_number(min, max))),
        (_, values) => Err(refuse(key, place, &values.join(", "), "one value")),
    }
}

fn whole_number(min: u32, max: u32) -> String {
    format!("a whole number from {min} to {max}")
}

fn refuse(key: &'static Key, place: &Place, found: &str, allowed: &str) -> SettingsFault {
    SettingsFault::Value {
        key: key.name,
        place: place.clone(),
        found: found.chars().take(SHOWN_CHARS_MAX).collect(),
        allowed: allowed.to_owned(),
    }
}

fn settle(found: Found) -> Result<Settings, SettingsFault> {
    let mut settings = Settings::default();
    for (name, found) in found {
        match name {
            "network" => {
                settings.network = found.text("1 to 32 of a-z, 0-9 and `-`", id::is_network)?
            }
            "name" => settings.name = found.text("1 to 200 characters on one line", is_name)?,
            "country" => {
                settings.country = found.text(
                    "two capital letters of ISO 3166-1, such as `KZ`",
                    is_country,
                )?;
            }
            "listen" => settings.listen = found.addresses()?,
            "announce" => settings.announce = found.addresses()?,
            "http.listen" => settings.http.listen = found.sockets()?,
            "http.public_url" => {
                settings.http.public_url = found.text(
                    "an address such as `https://volunteers.example.org`, without a path",
                    is_public_url,
                )?;
            }
            "http.trusted_proxies" => settings.http.trusted_proxies = found.proxies()?,
            "http.metrics_listen" => settings.http.metrics_listen = found.sockets()?,
            "http.feed_license" => {
                settings.http.feed_license = found.text(
                    "the address of a licence, such as `https://creativecommons.org/licenses/by/4.0/`",
                    is_web_address,
                )?;
            }
            "trust.roots" => settings.trust.roots = found.roots()?,
            "limits.connections" => settings.limits.connections = found.integer()?,
            "limits.memory_mib" => settings.limits.memory_mib = found.integer()?,
            "limits.requests_per_minute" => {
                settings.limits.requests_per_minute = found.integer()?;
            }
            _ => unreachable!("`{name}` stands in KEYS and not here"),
        }
    }
    for (key, value) in [("name", &settings.name), ("country", &settings.country)] {
        if value.is_empty() {
            return Err(SettingsFault::Missing { key });
        }
    }
    Ok(settings)
}

impl Setting {
    fn text(
        &self,
        allowed: &str,
        is_allowed: impl Fn(&str) -> bool,
    ) -> Result<String, SettingsFault> {
        self.value
            .as_str()
            .filter(|text| is_allowed(text))
            .map(str::to_owned)
            .ok_or_else(|| self.refuse(&self.value, allowed))
    }

    fn integer(&self) -> Result<u32, SettingsFault> {
        let Shape::Integer(min, max) = self.key.shape else {
            unreachable!(
                "`{}` is read as a number and is none in KEYS",
                self.key.name
            );
        };
        self.value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| self.refuse(&self.value, &whole_number(min, max)))
    }

    fn sockets(&self) -> Result<Vec<String>, SettingsFault> {
        self.texts(
            "an IP address and a port, such as `127.0.0.1:7451`",
            |text| text.parse::<std::net::SocketAddr>().is_ok(),
        )
    }

    fn proxies(&self) -> Result<Vec<String>, SettingsFault> {
        self.texts("an IP address", |text| {
            text.parse::<std::net::IpAddr>().is_ok()
        })
    }

    fn addresses(&self) -> Result<Vec<String>, SettingsFault> {
        self.texts("a multiaddr such as `/ip4/0.0.0.0/tcp/7450`", is_address)
    }

    fn texts(
        &self,
        allowed: &str,
        is_allowed: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, SettingsFault> {
        self.items(ADDRESSES_MAX, allowed)?
            .iter()
            .map(|item| {
                item.as_str()
                    .filter(|text| is_allowed(text))
                    .map(str::to_owned)
                    .ok_or_else(|| self.refuse(item, allowed))
            })
            .collect()
    }

    fn roots(&self) -> Result<BTreeSet<OrgId>, SettingsFault> {
        let allowed = "an organisation, `urn:erikti:org:z…`";
        self.items(ROOTS_MAX, allowed)?
            .iter()
            .map(|item| {
                item.as_str()
                    .and_then(OrgId::parse)
                    .ok_or_else(|| self.refuse(item, allowed))
            })
            .collect()
    }

    fn items(&self, max: usize, allowed: &str) -> Result<&[Value], SettingsFault> {
        let items = self
            .value
            .as_array()
            .ok_or_else(|| self.refuse(&self.value, &format!("a list, each {allowed}")))?;
        if items.len() > max {
            let found = Value::from(format!("{} of them", items.len()));
            return Err(self.refuse(&found, &format!("at most {max}")));
        }
        Ok(items)
    }

    fn refuse(&self, found: &Value, allowed: &str) -> SettingsFault {
        let found = found
            .as_str()
            .map_or_else(|| found.to_string(), str::to_owned);
        refuse(self.key, &self.place, &found, allowed)
    }
}

/// Whether the founding record of a log takes this name.
fn is_name(text: &str) -> bool {
    let field = kind::log::KIND.field("name").expect("a log has a name");
    text.trim() == text && field::check_value(field.name, &field.shape, &Value::from(text)).is_ok()
}

/// The shape of a country's code; which codes exist changes, and is not judged here.
fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// An address on the web, whole.
fn is_web_address(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && text.len() <= ADDRESS_BYTES_MAX
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Empty, or scheme and host, and nothing after them.
fn is_public_url(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    text.is_empty()
        || host.is_some_and(|host| {
            (1..=ADDRESS_BYTES_MAX).contains(&host.len())
                && host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b))
        })
}

/// The shape of a multiaddr; the network reads it in full when it listens or dials.
fn is_address(text: &str) -> bool {
    text.len() <= ADDRESS_BYTES_MAX
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.starts_with('/')
        && text.split('/').any(|part| part == "tcp")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{first_file, variable};

    const FILE: &str = "name = \"Green Steppe\"\ncountry = \"KZ\"\n";

    fn check(
        file: &str,
        environment: &[(&str, &str)],
        flags: &[(&str, &[&str])],
    ) -> Result<Settings, String> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let flags: Vec<_> = flags
            .iter()
            .map(|(name, values)| {
                (
                    *name,
                    values.iter().map(|value| (*value).to_owned()).collect(),
                )
            })
            .collect();
        read(file, environment, &flags).map_err(|fault| fault.to_string())
    }

    #[test]
    fn flag_wins_over_environment_wins_over_file_wins_over_default() {
        let file = format!("network = \"file\"\n{FILE}");
        let environment = [("ERIKTI_NETWORK", "environment")];
        let network = |file: &str, environment: &[_], flags: &[_]| {
            check(file, environment, flags).map(|s| s.network)
        };
        assert_eq!(network(FILE, &[], &[]).as_deref(), Ok("erikti"));
        assert_eq!(network(&file, &[], &[]).as_deref(), Ok("file"));
        assert_eq!(
            network(&file, &environment, &[]).as_deref(),
            Ok("environment")
        );
        assert_eq!(
            network(&file, &environment, &[("network", &["flag"])]).as_deref(),
            Ok("flag")
        );
        assert_eq!(
            network(&file, &environment, &[("network", &[])]).as_deref(),
            Ok("environment")
        );
    }

    #[test]
    fn the_environment_spells_dots_twice_underlined_and_lists_with_commas() {
        let root = OrgId::from_founding(erikti_protocol::hash::Hash::of(b"root"));
        let settings = check(
            FILE,
            &[
                ("ERIKTI_TRUST__ROOTS", &root.to_string()),
                ("ERIKTI_LIMITS__CONNECTIONS", "7"),
                ("ERIKTI_LISTEN", "/ip4/127.0.0.1/tcp/0, /ip6/::1/tcp/0"),
                ("HOME", "/nowhere"),
                ("ERIKTI_DATA", "elsewhere"),
                ("ERIKTI_SERVICE_HOST", "set by an orchestrator"),
            ],
            &[],
        )
        .expect("each is a setting or somebody else's");
        assert_eq!(settings.trust.roots, BTreeSet::from([root]));
        assert_eq!(settings.limits.connections, 7);
        assert_eq!(settings.listen, ["/ip4/127.0.0.1/tcp/0", "/ip6/::1/tcp/0"]);
    }

    #[test]
    fn an_unknown_name_is_refused_with_its_place_and_the_nearest_one() {
        let refused = |file: &str, environment: &[_], flags: &[_]| {
            check(file, environment, flags).unwrap_err()
        };
        assert_eq!(
            refused("netwrok = \"x\"", &[], &[]),
            "erikti.toml: `netwrok` is not a setting, did you mean `network`?"
        );
        assert_eq!(
            refused("[trust]\nroot = []", &[], &[]),
            "erikti.toml: `trust.root` is not a setting, did you mean `trust.roots`?"
        );
        assert_eq!(
            refused(FILE, &[("ERIKTI_TRUST__ROOT", "")], &[]),
            "the environment's ERIKTI_TRUST__ROOT: `trust.root` is not a setting, did you mean `trust.roots`?"
        );
        assert_eq!(
            refused(FILE, &[], &[("listens", &["/ip4/127.0.0.1/tcp/0"])]),
            "--listens: `listens` is not a setting, did you mean `listen`?"
        );
        assert_eq!(
            refused("[zzzz]\nq = 1", &[], &[]),
            "erikti.toml: `zzzz` is not a setting"
        );
        assert_eq!(
            refused("[network]\nname = 1", &[], &[]),
            "erikti.toml: `network` is `{\"name\":1}`, expected 1 to 32 of a-z, 0-9 and `-`"
        );
    }

    #[test]
    fn a_value_that_is_not_taken_is_shown_with_what_is() {
        for (line, fault) in [
            (
                "network = \"A b\"",
                "`network` is `A b`, expected 1 to 32 of a-z, 0-9 and `-`",
            ),
            (
                "country = \"kz\"",
                "`country` is `kz`, expected two capital letters of ISO 3166-1, such as `KZ`",
            ),
            (
                "name = \" \"",
                "`name` is ` `, expected 1 to 200 characters on one line",
            ),
            (
                "listen = \"/ip4/1.2.3.4/tcp/1\"",
                "`listen` is `/ip4/1.2.3.4/tcp/1`, expected a list, each a multiaddr such as `/ip4/0.0.0.0/tcp/7450`",
            ),
            (
                "listen = [\"1.2.3.4:5\"]",
                "`listen` is `1.2.3.4:5`, expected a multiaddr such as `/ip4/0.0.0.0/tcp/7450`",
            ),
            (
                "trust.roots = [\"urn:erikti:org:z0\"]",
                "`trust.roots` is `urn:erikti:org:z0`, expected an organisation, `urn:erikti:org:z…`",
            ),
            (
                "limits.connections = 0",
                "`limits.connections` is `0`, expected a whole number from 1 to 4096",
            ),
        ] {
            assert_eq!(
                check(line, &[], &[]).unwrap_err(),
                format!("erikti.toml: {fault}")
            );
        }
        let many = format!("announce = [{}]", "\"/ip4/1.2.3.4/tcp/1\",".repeat(17));
        assert_eq!(
            check(&many, &[], &[]).unwrap_err(),
            "erikti.toml: `announce` is `17 of them`, expected at most 16"
        );
        assert_eq!(
            check(FILE, &[("ERIKTI_LIMITS__CONNECTIONS", "many")], &[]).unwrap_err(),
            "the environment's ERIKTI_LIMITS__CONNECTIONS: `limits.connections` is `many`, expected a whole number from 1 to 4096"
        );
        assert_eq!(
            check("name = \"x\"", &[], &[]).unwrap_err(),
            "`country` is set nowhere: add it to erikti.toml or set ERIKTI_COUNTRY"
        );
        assert!(
            check("name = ", &[], &[])
                .unwrap_err()
                .starts_with("erikti.toml: line 1, column ")
        );
        let large = "#".repeat(FILE_BYTES_MAX + 1);
        assert_eq!(
            check(&large, &[], &[]).unwrap_err(),
            "erikti.toml has 65537 bytes, expected at most 65536"
        );
    }

    #[test]
    fn the_first_file_names_every_setting_and_reads_back() {
        let mut settings = check(FILE, &[], &[]).expect("name and country suffice");
        settings.trust.roots = BTreeSet::from([OrgId::from_founding(
            erikti_protocol::hash::Hash::of(b"root"),
        )]);
        settings.announce = vec!["/dns4/node.example.org/tcp/7450".to_owned()];
        let text = first_file(&settings);
        assert_eq!(check(&text, &[], &[]), Ok(settings));
        for key in KEYS {
            assert!(text.contains(&variable(key.name)), "{}", key.name);
        }
        // What stands commented out is the default, so taking the mark away changes nothing.
        let open: String = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") && !rest.contains('`') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        assert_ne!(open, text);
        assert_eq!(check(&open, &[], &[]), check(&text, &[], &[]));
    }
}
