//! Calendars (iCalendar, vCalendar): appointments and tasks as readable Dutch lines, organiser and participants
//! as people, enclosed files as children. Never works out repetitions, never follows a link.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::html::visible_text;
use super::lines::{Line, lines};
use super::{Input, Limits, Outcome, Output, Reason, Stop, beyond, key, text};

/// People beyond this number stay in the text, but are no properties.
const MOST_PEOPLE: usize = 500;

/// Reads an `ics` document.
pub fn read_ics(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let Some(lines) = lines(input) else {
        return text::read_text("txt", input, limits, output);
    };
    beyond::the_text(output, |output| {
        let mut walk = Walk::default();
        let result = lines
            .iter()
            .try_for_each(|line| walk.line(line, limits, output));
        match result.and_then(|()| walk.finish(output)) {
            Ok(None) => Outcome::Whole,
            Ok(Some(reason)) => Outcome::Partial(reason),
            Err(stop) => stop.into(),
        }
    })
}

/// Where the walk through the lines stands.
#[derive(Default)]
struct Walk {
    /// Open components, such as `VEVENT`.
    open: Vec<String>,
    /// Components that deep are counted only.
    deeper: usize,
    title: Option<String>,
    calendar: Option<String>,
    events: usize,
    from: Vec<String>,
    to: Vec<String>,
    dates: Vec<(&'static str, String)>,
    /// The calendar is a message: an invitation, an answer.
    method: bool,
    /// Participants of the current component, who come on one line.
    people: Vec<String>,
    described: bool,
    html: Option<String>,
    children: u32,
    problem: Option<Reason>,
}

impl Walk {
    fn line(&mut self, line: &Line, limits: &Limits, output: &mut dyn Output) -> Result<(), Stop> {
        match line.name.as_str() {
            "BEGIN" if self.open.len() >= 16 => self.deeper += 1,
            "BEGIN" => return self.begin(line, output),
            "END" if self.deeper > 0 => self.deeper -= 1,
            "END" => {
                if self.open.pop().is_some_and(|ended| ended != "VALARM") {
                    self.end_component(output)?;
                }
            }
            "METHOD" => self.method |= line.raw.trim() != "PUBLISH",
            "X-WR-CALNAME" => self.calendar = Some(line.text()),
            "ATTACH" if line.is_binary() => return self.attached(line, limits, output),
            _ if self.open.last().is_some_and(|open| is_clock(open)) => {}
            _ => return self.value(line, output),
        }
        Ok(())
    }

    fn begin(&mut self, line: &Line, output: &mut dyn Output) -> Result<(), Stop> {
        self.open.push(line.raw.trim().to_ascii_uppercase());
        if matches!(line.raw.trim(), "VEVENT" | "VTODO" | "VJOURNAL") {
            self.events += 1;
            if self.events > 1 {
                output.text("\n")?;
            }
        }
        Ok(())
    }

    /// What is known only at the end of an appointment.
    fn end_component(&mut self, output: &mut dyn Output) -> Result<(), Stop> {
        if !self.people.is_empty() {
            let people = std::mem::take(&mut self.people).join(", ");
            output.text(&format!("Deelnemers: {people}\n"))?;
        }
        let html = self.html.take();
        if !std::mem::take(&mut self.described)
            && let Some(html) = html
        {
            output.text(&visible_text(&html))?;
        }
        Ok(())
    }

    fn value(&mut self, line: &Line, output: &mut dyn Output) -> Result<(), Stop> {
        let alarm = self.open.last().is_some_and(|open| open == "VALARM");
        let value = line.text();
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let label = match line.name.as_str() {
            "DESCRIPTION" | "SUMMARY" if alarm => "Herinnering",
            _ if alarm => return Ok(()),
            "SUMMARY" => {
                self.title.get_or_insert_with(|| value.to_owned());
                return output.text(&format!("{value}\n"));
            }
            "DESCRIPTION" => {
                self.described = true;
                return output.text(&format!("{value}\n"));
            }
            "X-ALT-DESC" => {
                self.html = Some(value.to_owned());
                return Ok(());
            }
            "ORGANIZER" => {
                remember(&mut self.from, person(line));
                return output.text(&format!("Organisator: {}\n", person(line)));
            }
            "ATTENDEE" => {
                remember(&mut self.to, person(line));
                self.people.push(person(line));
                return Ok(());
            }
            name => match self.dated(name, line).or_else(|| label(name, value)) {
                Some(label) => label,
                None => return Ok(()),
            },
        };
        match moment(line) {
            Some(moment) if is_moment(&line.name) => {
                let zone = line.param("TZID").map(|zone| format!(" ({zone})"));
                let moment = moment.replace('T', " ").replace('Z', " UTC");
                output.text(&format!("{label}: {moment}{}\n", zone.unwrap_or_default()))
            }
            _ => output.text(&format!("{label}: {value}\n")),
        }
    }

    /// Keeps a moment that says when the entry was made; the label of a moment that people read.
    fn dated(&mut self, name: &str, line: &Line) -> Option<&'static str> {
        let key = match name {
            "DTSTART" => return Some("Begin"),
            "DTEND" => return Some("Einde"),
            "DUE" => return Some("Uiterlijk"),
            "COMPLETED" => return Some("Afgerond"),
            "CREATED" => key::CREATED,
            "LAST-MODIFIED" => key::MODIFIED,
            // In a message this is when it was sent, in a calendar when it was exported.
            "DTSTAMP" if self.method => key::SENT,
            _ => return None,
        };
        if self.events < 2
            && let Some(moment) = moment(line)
        {
            self.dates.push((key, moment));
        }
        None
    }

    fn attached(
        &mut self,
        line: &Line,
        limits: &Limits,
        output: &mut dyn Output,
    ) -> Result<(), Stop> {
        if self.children >= limits.children {
            let reason = format!("meer dan {} bijlagen", limits.children);
            self.problem = Some(Reason::Limit(reason));
            return Ok(());
        }
        self.children += 1;
        let name = [
            "FILENAME",
            "X-FILENAME",
            "X-ORACLE-FILENAME",
            "X-APPLE-FILENAME",
        ]
        .iter()
        .find_map(|name| line.param(name))
        .map_or_else(
            || format!("bijlage-{}", self.children),
            super::archive::harmless,
        );
        output.begin_child(&name, "")?;
        let bare: String = line.raw.split_ascii_whitespace().collect();
        match STANDARD.decode(bare) {
            Ok(bytes) => {
                output.child_bytes(&bytes)?;
                output.end_child(None)
            }
            Err(_) => output.end_child(Some(Reason::Broken(
                "de bijlage is niet goed gecodeerd".into(),
            ))),
        }
    }

    fn finish(mut self, output: &mut dyn Output) -> Result<Option<Reason>, Stop> {
        self.end_component(output)?;
        let title = match self.events {
            0 | 1 => self.title.or(self.calendar),
            _ => self.calendar.or(self.title),
        };
        let title = title.unwrap_or_default();
        if !title.trim().is_empty() {
            output.property(key::TITLE, title.trim())?;
        }
        for (key, people) in [(key::FROM, self.from), (key::TO, self.to)] {
            for one in people {
                output.property(key, &one)?;
            }
        }
        for (key, moment) in self.dates {
            output.property(key, &moment)?;
        }
        Ok(self.problem)
    }
}

/// Components that only say how clocks run.
fn is_clock(component: &str) -> bool {
    matches!(component, "VTIMEZONE" | "STANDARD" | "DAYLIGHT")
}

fn is_moment(name: &str) -> bool {
    matches!(
        name,
        "DTSTART" | "DTEND" | "DUE" | "COMPLETED" | "RECURRENCE-ID"
    )
}

/// What stands before a value, or `None` for what no person wrote.
fn label(name: &str, value: &str) -> Option<&'static str> {
    Some(match name {
        "LOCATION" => "Locatie",
        "COMMENT" => "Opmerking",
        "CATEGORIES" => "Trefwoorden",
        "CONTACT" => "Contactpersoon",
        "RESOURCES" => "Middelen",
        "URL" => "Adres",
        "ATTACH" => "Bijlage",
        "RRULE" => "Herhaling",
        "RECURRENCE-ID" => "Wijzigt de afspraak van",
        "STATUS" => "Status",
        "CLASS" if value != "PUBLIC" => "Vertrouwelijkheid",
        "X-WR-CALDESC" => "Agenda",
        // Programs add codes of one word; a value with a blank in it was probably written by someone.
        name if name.starts_with("X-") && value.contains(' ') => "Overig",
        _ => return None,
    })
}

/// `Naam <adres>` of an organiser or participant.
fn person(line: &Line) -> String {
    let value = line.raw.trim();
    let address = match value.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &value[7..],
        _ => value,
    };
    let address = line
        .param("EMAIL")
        .filter(|_| !address.contains('@'))
        .unwrap_or(address);
    let name = line
        .param("CN")
        .map(str::trim)
        .filter(|name| !name.is_empty());
    match name {
        Some(name) if address.is_empty() || name == address => name.to_owned(),
        Some(name) => format!("{name} <{address}>"),
        None => address.to_owned(),
    }
}

fn remember(people: &mut Vec<String>, person: String) {
    if !person.is_empty() && people.len() < MOST_PEOPLE && !people.contains(&person) {
        people.push(person);
    }
}

/// `20190503T100000Z` as `2019-05-03T10:00:00Z`; a day as a day.
fn moment(line: &Line) -> Option<String> {
    let value = line.raw.trim();
    let digits = |from: usize, to: usize| {
        let part = value.get(from..to)?;
        part.bytes().all(|b| b.is_ascii_digit()).then_some(part)
    };
    let day = format!("{}-{}-{}", digits(0, 4)?, digits(4, 6)?, digits(6, 8)?);
    if value.get(8..9) != Some("T") {
        return Some(day);
    }
    let time = format!("{}:{}:{}", digits(9, 11)?, digits(11, 13)?, digits(13, 15)?);
    let zone = if value.ends_with('Z') { "Z" } else { "" };
    Some(format!("{day}T{time}{zone}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    const INVITATION: &str = "BEGIN:VCALENDAR\r\nPRODID:-//x//NL\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:W. Europe\r\n\
        BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
        ORGANIZER;CN=\"Smit, Ren\u{e9}e\":MAILTO:renee@minvws.nl\r\nATTENDEE;ROLE=REQ-PARTICIPANT;CN=Jan:mailto:jan@rws.nl\r\n\
        ATTENDEE:mailto:ans@rws.nl\r\nSUMMARY:Overleg dijk\\, vervolg\r\nDTSTART;TZID=\"W. Europe\":20190503T100000\r\n\
        DTEND:20190503T090000Z\r\nDTSTAMP:20190401T080000Z\r\nLOCATION:Zaal 3\\; eerste etage\r\nDESCRIPTION:Eerste regel\\nTweede re\r\n gel\r\n\
        ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=nota.txt:SGFs\r\n bG8=\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nACTION:DISPLAY\r\n\
        DESCRIPTION:Denk eraan\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn an_invitation_is_readable_and_has_people_and_a_date() {
        let (format, out, outcome) = read_bytes("uitnodiging.txt", INVITATION.as_bytes());
        assert_eq!((format.as_str(), outcome), ("ics", Outcome::Whole));
        assert_eq!(
            out.rest,
            "Organisator: Smit, Ren\u{e9}e <renee@minvws.nl>\nOverleg dijk, vervolg\nBegin: 2019-05-03 10:00:00 (W. Europe)\n\
             Einde: 2019-05-03 09:00:00 UTC\nLocatie: Zaal 3; eerste etage\nEerste regel\nTweede regel\n\
             Herinnering: Denk eraan\nDeelnemers: Jan <jan@rws.nl>, ans@rws.nl\n"
        );
        assert_eq!(out.values(key::TITLE), ["Overleg dijk, vervolg"]);
        assert_eq!(
            out.values(key::FROM),
            ["Smit, Ren\u{e9}e <renee@minvws.nl>"]
        );
        assert_eq!(out.values(key::TO), ["Jan <jan@rws.nl>", "ans@rws.nl"]);
        assert_eq!(out.values(key::SENT), ["2019-04-01T08:00:00Z"]);
        assert_eq!(out.children[0].name, "nota.txt");
        assert_eq!(out.children[0].bytes, b"Hallo");
    }

    #[test]
    fn a_calendar_of_many_appointments_has_its_own_name() {
        let event = "BEGIN:VEVENT\nSUMMARY:Overleg\nX-ALT-DESC;FMTTYPE=text/html:<p>dik <b>boek</b></p>\nEND:VEVENT\n";
        let text =
            format!("BEGIN:VCALENDAR\nX-WR-CALNAME:Agenda minister\n{event}{event}END:VCALENDAR\n");
        let (_, out, _) = read_bytes("a.ics", text.as_bytes());
        assert_eq!(out.values(key::TITLE), ["Agenda minister"]);
        assert_eq!(out.rest, "Overleg\ndik boek\n\nOverleg\ndik boek\n");
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(INVITATION.as_bytes(), cut, &flips, |bytes| { read_bytes("a.ics", bytes); });
        }
    }
}
