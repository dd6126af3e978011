//! Business cards (vCard 2.1, 3.0 and 4.0), one or many in a file: every value that a person can read, with a
//! Dutch label. Never hands over photos or keys.

use super::lines::{Line, lines};
use super::{Input, Limits, Outcome, Output, Stop, key, text};

/// Reads a `vcf` document.
pub fn read_vcf(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let Some(lines) = lines(input) else {
        return text::read_text("txt", input, limits, output);
    };
    match cards(&lines, output) {
        Ok(()) => Outcome::Whole,
        Err(stop) => stop.into(),
    }
}

fn cards(lines: &[Line], output: &mut dyn Output) -> Result<(), Stop> {
    let mut cards = 0;
    let mut names: Vec<String> = Vec::new();
    let mut named = false;
    for line in lines {
        match line.name.as_str() {
            "BEGIN" => {
                if cards > 0 {
                    output.text("\n")?;
                }
                cards += 1;
                named = false;
            }
            "REV" if cards == 1 => output.property(key::MODIFIED, line.raw.trim())?,
            "FN" | "N" => {
                let name = full_name(line);
                // `N` is the same name in parts.
                let again = named && line.name == "N";
                if !name.is_empty() && !again {
                    named = true;
                    output.text(&format!("{name}\n"))?;
                    names.push(name);
                }
            }
            _ => value(line, output)?,
        }
    }
    match names.first() {
        Some(name) if cards <= 1 => output.property(key::TITLE, name),
        _ => Ok(()),
    }
}

/// The name in the order in which people say it.
fn full_name(line: &Line) -> String {
    if line.name == "FN" {
        return line.text().trim().to_owned();
    }
    let parts = line.parts();
    let order = [3, 1, 2, 0, 4];
    let parts = order.iter().filter_map(|at| parts.get(*at));
    parts
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn value(line: &Line, output: &mut dyn Output) -> Result<(), Stop> {
    if line.is_binary() || line.raw.trim_start().starts_with("data:") {
        return Ok(());
    }
    let Some(label) = label(&line.name) else {
        return Ok(());
    };
    let value = match line.name.as_str() {
        "ADR" | "ORG" | "LABEL" | "GENDER" => {
            let parts = line.parts();
            let parts = parts.iter().map(|part| part.trim());
            parts
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        }
        _ => line.text(),
    };
    let value = value.trim();
    let value = value
        .strip_prefix("tel:")
        .or_else(|| value.strip_prefix("mailto:"))
        .unwrap_or(value);
    if value.is_empty() {
        return Ok(());
    }
    match kinds(line).as_str() {
        "" => output.text(&format!("{label}: {value}\n")),
        kinds => output.text(&format!("{label} ({kinds}): {value}\n")),
    }
}

/// Of which sort a number or address is, in Dutch.
fn kinds(line: &Line) -> String {
    let kinds = line.params("TYPE").filter_map(|kind| {
        Some(match kind.to_ascii_uppercase().as_str() {
            "WORK" => "werk",
            "HOME" => "priv\u{e9}",
            "CELL" => "mobiel",
            "FAX" => "fax",
            "PAGER" => "pieper",
            _ => return None,
        })
    });
    kinds.collect::<Vec<_>>().join(", ")
}

/// What stands before a value, or `None` for what no person wrote.
fn label(name: &str) -> Option<&str> {
    Some(match name {
        "TEL" => "Telefoon",
        "EMAIL" => "E-mail",
        "ADR" | "LABEL" => "Adres",
        "ORG" => "Organisatie",
        "TITLE" => "Functie",
        "ROLE" => "Rol",
        "NOTE" => "Notitie",
        "BDAY" => "Geboren",
        "URL" => "Website",
        "NICKNAME" => "Roepnaam",
        "CATEGORIES" => "Trefwoorden",
        "RELATED" | "AGENT" => "Relatie",
        "IMPP" | "X-SKYPE" | "X-SKYPE-USERNAME" | "X-JABBER" | "X-TWITTER" | "X-SOCIALPROFILE" => {
            "Account"
        }
        "X-MANAGER" => "Leidinggevende",
        "X-ASSISTANT" => "Assistent",
        "X-SPOUSE" => "Partner",
        "END" | "VERSION" | "PRODID" | "UID" | "REV" | "PHOTO" | "LOGO" | "KEY" | "SOUND"
        | "SOURCE" | "TZ" | "GEO" | "MAILER" | "CLASS" | "PROFILE" | "CLIENTPIDMAP" | "XML"
        | "SORT-STRING" | "KIND" | "LANG" | "GENDER" => return None,
        name if name.starts_with("X-") && !name.starts_with("X-PHONETIC") => "Overig",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    const OLD: &[u8] = b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1:Smit;Ren\xe9e;;Drs.;\r\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Ren=C3=\r\n=A9e Smit\r\n\
        TEL;WORK;VOICE:070-1234567\r\nADR;HOME;ENCODING=QUOTED-PRINTABLE:;;Dorpsstraat 1=0D=0ATweede huis;Delft;;2611 AA;NL\r\n\
        PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/4AAQ\r\n SkZJRg==\r\n\r\nEND:VCARD\r\n";

    #[test]
    fn an_old_card_is_read_with_its_character_sets() {
        let (format, out, outcome) = read_bytes("x.bin", OLD);
        assert_eq!((format.as_str(), outcome), ("vcf", Outcome::Whole));
        assert!(out.rest.contains("Drs. Ren\u{e9}e Smit\n"), "{}", out.rest);
        assert!(
            out.rest
                .contains("Ren\u{e9}e Smit\nTelefoon (werk): 070-1234567\n"),
            "{}",
            out.rest
        );
        assert!(
            out.rest
                .contains("Dorpsstraat 1\nTweede huis, Delft, 2611 AA, NL\n"),
            "{}",
            out.rest
        );
        assert!(!out.rest.contains("4AAQ"));
    }

    #[test]
    fn many_cards_in_one_file_are_all_read() {
        let card = |name: &str| {
            format!(
                "BEGIN:VCARD\nVERSION:4.0\nFN:{name}\nN:{name};;;;\nORG:Gemeente\\, Delft;Ruimte\nitem1.EMAIL;TYPE=work:a@b.nl\nNOTE:Een lange no\n titie\\nmet regels\nEND:VCARD\n"
            )
        };
        let (_, out, _) = read_bytes("a.vcf", (card("Jan") + &card("Piet")).as_bytes());
        let one = "Organisatie: Gemeente, Delft, Ruimte\nE-mail (werk): a@b.nl\nNotitie: Een lange notitie\nmet regels\n";
        assert_eq!(out.rest, format!("Jan\n{one}\nPiet\n{one}"));
        assert!(out.values(key::TITLE).is_empty());
        assert_eq!(
            read_bytes("a.vcf", card("Jan").as_bytes())
                .1
                .values(key::TITLE),
            ["Jan"]
        );
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(OLD, cut, &flips, |bytes| { read_bytes("a.vcf", bytes); });
        }
    }
}
