//! `Set-Cookie` in a form that can be compared: `access: HttpOnly; Max-Age=900; Path=/`, attributes
//! in the order of the alphabet, without the moment that `Max-Age` says as well.

use time::{OffsetDateTime, PrimitiveDateTime, macros::format_description};

use super::exchange::Answer;

/// A new session, by the settings that hold where nothing is set.
const SIGNED_IN: [&str; 2] = [
    "access: HttpOnly; Max-Age=900; Path=/; SameSite=Lax",
    "refresh: HttpOnly; Max-Age=604800; Path=/; SameSite=Lax",
];
/// Its end.
const SIGNED_OUT: [&str; 2] = [
    "access deleted: HttpOnly; Path=/; SameSite=Lax",
    "refresh deleted: HttpOnly; Path=/; SameSite=Lax",
];

/// The cookies that a row of a table names, one by one or by what happened.
pub fn named(row: &[String]) -> Vec<String> {
    let words = row.iter().flat_map(|word| match word.as_str() {
        "signed in" => SIGNED_IN.to_vec(),
        "signed out" => SIGNED_OUT.to_vec(),
        "renewed" => SIGNED_IN[..1].to_vec(),
        other => vec![other],
    });
    words.map(str::to_owned).collect()
}

/// Names the browser to the owner of an account, beside the session and whatever its cookies look
/// like. The peer has none; it is looked at in `tests/http`.
const DEVICES: [&str; 2] = ["latchkey-device=", "__Host-Http-latchkey-device="];

/// The cookies of an answer that have to do with a session, sorted.
pub fn seen(answer: &Answer) -> Result<Vec<String>, String> {
    let date = answer.header("date").ok_or("there is no Date")?;
    let date = moment(&date)?;
    let lines = answer.cookies().filter(|line| DEVICES.iter().all(|name| !line.starts_with(name)));
    let mut seen = lines.map(|line| one(line, date)).collect::<Result<Vec<_>, _>>()?;
    seen.sort();
    Ok(seen)
}

fn one(line: &str, date: OffsetDateTime) -> Result<String, String> {
    let (pair, attributes) = line.split_once("; ").unwrap_or((line, ""));
    let (name, value) = pair.split_once('=').ok_or_else(|| format!("{line}: no name"))?;
    let mut attributes: Vec<_> = attributes.split("; ").map(tidy).collect();
    attributes.sort();
    let take = |attributes: &mut Vec<String>, name: &str| {
        let found = attributes.iter().position(|text| text.starts_with(&format!("{name}=")))?;
        attributes.remove(found).split_once('=').map(|(_, value)| value.to_owned())
    };
    let expires = take(&mut attributes, "Expires").map(|text| moment(&text)).transpose()?;
    let max_age = take(&mut attributes, "Max-Age").and_then(|text| text.parse::<i64>().ok());
    let deleted = match (max_age, expires) {
        (Some(0), Some(expires)) if expires == OffsetDateTime::UNIX_EPOCH => {
            value.trim_matches('"').is_empty()
        }
        (Some(age), Some(expires)) => {
            let differ = (expires - date).whole_seconds() - age;
            if differ.abs() > 2 {
                return Err(format!("{line}: Expires and Max-Age differ by {differ} s"));
            }
            attributes.push(format!("Max-Age={}", rounded(age)));
            attributes.sort();
            false
        }
        (None, None) => false,
        _ => return Err(format!("{line}: Max-Age and Expires belong together")),
    };
    let deleted = if deleted { " deleted" } else { "" };
    Ok(format!("{name}{deleted}: {}", attributes.join("; ")))
}

/// An attribute with its name spelled one way.
fn tidy(attribute: &str) -> String {
    const NAMES: [&str; 8] =
        ["Domain", "Expires", "HttpOnly", "Max-Age", "Partitioned", "Path", "SameSite", "Secure"];
    let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
    let name = NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(&name);
    if value.is_empty() { (*name).to_owned() } else { format!("{name}={value}") }
}

/// A lifetime of which a busy machine has used up some seconds.
fn rounded(age: i64) -> i64 {
    (age + 4) / 5 * 5
}

fn moment(text: &str) -> Result<OffsetDateTime, String> {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    PrimitiveDateTime::parse(text, format)
        .map(PrimitiveDateTime::assume_utc)
        .map_err(|error| format!("{text}: {error}"))
}
