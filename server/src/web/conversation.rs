//! A conversation on its page: messages with sender and time apart, and a window of messages around each hit.
//! Never reads an export.

use super::body::{Look, Shown, Source, with};
use super::labels;
use super::text::{Event, Frame, with_events};
use crate::talk::{Period, Talk, message};
use std::ops::Range;
use zv_shared::index::Search;

/// Messages shown before and after a hit.
const AROUND: usize = 5;
/// How many more are shown on request, each time.
const MORE: usize = 25;
/// The most around one hit; the whole conversation has the rest.
const MOST: usize = 500;
/// Windows on one page.
const WINDOWS: usize = 20;

/// Bytes of a day and the space after it, at the beginning of a moment.
const DAY: usize = "2024-03-15 ".len();

/// Remarks of readers inside a message.
const REMARKS: [&str; 3] = ["(verwijderd bericht)", "(bewerkt)", "(media weggelaten)"];

/// A conversation and where a question hit it.
pub struct Conversation<'t> {
    text: &'t str,
    talk: Talk<'t>,
    period: Period<'t>,
    hits: Vec<usize>,
}

/// Which windows are wanted.
#[derive(Default)]
pub struct Wanted {
    /// One window around the message of this number (from 1), instead of all.
    pub around: Option<usize>,
    /// Messages before it.
    pub before: Option<usize>,
    /// Messages after it.
    pub after: Option<usize>,
    /// Stretch of the list of windows, from 1.
    pub stretch: Option<usize>,
}

/// Messages around a hit.
pub struct Window {
    /// When: the day and time of the first hit in it.
    pub title: String,
    /// Whether that lies outside the period that was asked for.
    pub outside: bool,
    /// Address with more before it, and more after it.
    pub more: [Option<String>; 2],
    /// The same place in the whole conversation.
    pub whole: String,
    /// The messages.
    pub text: Vec<Shown>,
}

/// The windows of a page.
pub struct Windows {
    /// How many messages were hit, in words.
    pub total: String,
    /// How many of these lie outside the period that was asked for, in words.
    pub outside: Option<String>,
    /// The windows, those outside the period last.
    pub list: Vec<Window>,
    /// Back to all windows, when only one is shown.
    pub all: Option<String>,
    /// The windows before and after these.
    pub neighbours: [Option<String>; 2],
}

/// Messages `first` up to and including `last` around hit `hit`, its first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stretch {
    first: usize,
    last: usize,
    hit: usize,
    last_hit: usize,
}

impl<'t> Conversation<'t> {
    /// The conversation in `text`, with its hits.
    pub fn new(text: &'t str, marks: &[Range<usize>], search: Option<&'t Search>) -> Self {
        let talk = Talk::new(text);
        Conversation {
            hits: talk.hits(marks),
            period: Period::of(search),
            talk,
            text,
        }
    }

    fn outside(&self, message: usize) -> bool {
        self.period.excludes(self.talk.day(message))
    }

    /// The heading above the day of a message.
    pub fn day(&self, message: usize) -> Shown {
        let day = self.talk.day(message);
        Shown::Day {
            title: match day {
                "" => "Zonder datum".to_owned(),
                day => labels::day(day),
            },
            outside: self.outside(message),
        }
    }

    /// The beginning of a message.
    pub fn message(&self, number: usize, named: bool) -> Shown {
        Shown::Message {
            number: named.then_some(number + 1),
            hit: self.hits.binary_search(&number).is_ok(),
            system: self.talk.message(number).sender.is_none(),
        }
    }

    /// What stands where in `part` of the text: days, messages, and their heads.
    pub fn events(&self, part: &Range<usize>) -> Vec<(usize, Event)> {
        let mut events = Vec::new();
        let mut day = None;
        for number in self.talk.at(part.start)..self.talk.len() {
            let whole = self.talk.range(number);
            if whole.start >= part.end {
                break;
            }
            let range = whole.start.max(part.start)..whole.end.min(part.end);
            let this = self.talk.day(number);
            if day != Some(this) {
                day = Some(this);
                events.push((range.start, Event::Day(number)));
            }
            events.push((range.start, Event::Open(Frame::Message(number))));
            inside(&self.text[range.clone()], range.start, &mut events);
            events.push((range.end, Event::Close(Frame::Message(number))));
            // Between two days stands the end of a page.
            if self.text[range.end..part.end].starts_with('\u{c}') {
                events.push((range.end, Event::Skip(range.end + 1)));
            }
        }
        events
    }

    /// The windows around hits; nothing when there is no hit and none is asked for.
    pub fn windows(&self, source: &Source<'_>, wanted: &Wanted) -> Option<Windows> {
        let around = wanted
            .around
            .and_then(|number| number.checked_sub(1))
            .filter(|number| *number < self.talk.len());
        let (stretches, neighbours) = match around {
            Some(hit) => (vec![self.around(hit, wanted)], [None, None]),
            None => self.stretch(source.own, wanted.stretch.unwrap_or(1)),
        };
        if stretches.is_empty() {
            return None;
        }
        let outside = self.hits.iter().filter(|hit| self.outside(**hit)).count();
        let messages = |count: usize| labels::count(count as u64, "bericht", "berichten");
        let window = |stretch| self.window(source, stretch, wanted, around.is_some());
        Some(Windows {
            total: messages(self.hits.len()),
            outside: (outside > 0).then(|| messages(outside)),
            list: stretches.into_iter().map(window).collect(),
            all: around.map(|_| format!("{}#vensters", source.own)),
            neighbours,
        })
    }

    fn around(&self, hit: usize, wanted: &Wanted) -> Stretch {
        let bounded = |count: Option<usize>| count.unwrap_or(AROUND).min(MOST);
        Stretch {
            first: hit.saturating_sub(bounded(wanted.before)),
            last: (hit + bounded(wanted.after)).min(self.talk.len() - 1),
            hit,
            last_hit: hit,
        }
    }

    /// A stretch of the list of windows, with the ways to those before and after.
    fn stretch(&self, own: &str, number: usize) -> (Vec<Stretch>, [Option<String>; 2]) {
        let mut all = self.stretches();
        all.sort_by_cached_key(|stretch| self.outside(stretch.hit));
        let count = all.len().div_ceil(WINDOWS).max(1);
        let number = number.clamp(1, count);
        let address = |number: usize| {
            let there = (1..=count).contains(&number);
            there.then(|| format!("{}#vensters", with(own, &format!("venster={number}"))))
        };
        let from = (number - 1) * WINDOWS;
        let stretch = all.into_iter().skip(from).take(WINDOWS).collect();
        (stretch, [address(number - 1), address(number + 1)])
    }

    /// The messages around each hit on the same day; windows that meet flow together.
    fn stretches(&self) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        for &hit in &self.hits {
            let same_day = |other: &usize| self.talk.day(*other) == self.talk.day(hit);
            let before = (hit.saturating_sub(AROUND)..hit).rev().take_while(same_day);
            let behind = (hit + 1..(hit + 1 + AROUND).min(self.talk.len())).take_while(same_day);
            let first = before.last().unwrap_or(hit);
            let last = behind.last().unwrap_or(hit);
            match stretches.last_mut() {
                Some(one) if first <= one.last + 1 && same_day(&one.last) => {
                    (one.last, one.last_hit) = (last, hit);
                }
                _ => stretches.push(Stretch {
                    first,
                    last,
                    hit,
                    last_hit: hit,
                }),
            }
        }
        stretches
    }

    fn window(&self, source: &Source<'_>, at: Stretch, wanted: &Wanted, alone: bool) -> Window {
        let range = self.talk.range(at.first).start..self.talk.range(at.last).end;
        let mut events = self.events(&range);
        if !alone {
            // Its title says the day.
            events.retain(|(_, event)| !matches!(event, Event::Day(_)));
        }
        let look = Look {
            next: None,
            ocr: &[],
            talk: Some(self),
        };
        let address = |hit: usize, before: usize, after: usize| {
            let parameters = format!("rond={}&ervoor={before}&erna={after}", hit + 1);
            format!("{}#vensters", with(source.own, &parameters))
        };
        let (before, after) = match alone {
            true => (
                wanted.before.unwrap_or(AROUND).min(MOST),
                wanted.after.unwrap_or(AROUND).min(MOST),
            ),
            false => (at.hit - at.first, at.last - at.last_hit),
        };
        let earlier = (at.first > 0 && before < MOST)
            .then(|| address(at.hit, before + MORE, after.max(at.last - at.hit)));
        let later = (at.last + 1 < self.talk.len() && after < MOST).then(|| {
            address(
                at.last_hit,
                before.max(at.last_hit - at.first),
                after + MORE,
            )
        });
        let whole = source.address_of(self.talk.range(at.hit).start);
        let moment = labels::message_moment(self.talk.message(at.hit).moment);
        Window {
            title: if alone {
                format!("Rond {moment}")
            } else {
                moment
            },
            outside: self.outside(at.hit),
            more: [earlier, later],
            whole: format!("{whole}#bericht-{}", at.hit + 1),
            text: look.show(with_events(self.text, &range, source.marks, events)),
        }
    }
}

/// The head of a message and its text, which begins at byte `start` of the whole text. Signs that only tell the
/// two apart are left out.
fn inside(text: &str, start: usize, events: &mut Vec<(usize, Event)>) {
    let found = message(text);
    let end = start + text.strip_suffix('\n').unwrap_or(text).len();
    let said = end - found.text.len();
    if !found.moment.is_empty() {
        let moment = start + 1 + found.moment.len();
        events.extend([
            (start, Event::Open(Frame::Head)),
            (start, Event::Skip(start + 1)),
            (start + 1, Event::Open(Frame::Moment)),
            (start + 1, Event::Open(Frame::Date)),
            (start + 1 + DAY, Event::Close(Frame::Date)),
            (moment, Event::Close(Frame::Moment)),
            (moment, Event::Skip(moment + 1)),
        ]);
        if let Some(sender) = found.sender {
            let from = moment + 2;
            events.extend([
                (from, Event::Open(Frame::Sender)),
                (from + sender.len(), Event::Close(Frame::Sender)),
            ]);
        }
        let head = events.last().map_or(said, |(at, _)| (*at).min(said));
        events.extend([(head, Event::Skip(said)), (said, Event::Close(Frame::Head))]);
    }
    events.push((said, Event::Open(Frame::Said)));
    let mut inner: Vec<(usize, Event)> = found
        .text
        .match_indices("\n  ")
        .map(|(at, _)| (said + at + 1, Event::Skip(said + at + 3)))
        .collect();
    if found.moment.is_empty() && found.text.starts_with("  ") {
        inner.insert(0, (said, Event::Skip(said + 2)));
    }
    for remark in REMARKS {
        for (at, _) in found.text.match_indices(remark) {
            let from = said + at;
            inner.push((from, Event::Open(Frame::Remark)));
            inner.push((from + remark.len(), Event::Close(Frame::Remark)));
        }
    }
    inner.sort_by_key(|(at, _)| *at);
    events.extend(inner);
    events.extend([
        (end, Event::Close(Frame::Said)),
        (end, Event::Skip(start + text.len())),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Question;

    fn chat() -> String {
        let mut text = String::new();
        for day in 1..=3 {
            for minute in 0..20 {
                text.push_str(&format!(
                    "[2024-03-{day:02} 10:{minute:02}] Jan: Bericht {day}-{minute}\n  vervolg (bewerkt)\n"
                ));
            }
            text.push('\u{c}');
        }
        text
    }

    fn marks(text: &str, words: &[&str]) -> Vec<Range<usize>> {
        let one = |word: &&str| {
            let at = text.find(word).expect("there");
            at..at + word.len()
        };
        words.iter().map(one).collect()
    }

    #[test]
    fn a_window_holds_five_messages_before_and_after_of_the_same_day() {
        let text = chat();
        let marks = marks(&text, &["1-2\n", "1-10\n", "2-19\n"]);
        let found = Conversation::new(&text, &marks, None).stretches();
        let stretch = |first, last, hit, last_hit| Stretch {
            first,
            last,
            hit,
            last_hit,
        };
        // The first two meet; the third stands at the end of its day.
        assert_eq!(found, [stretch(0, 15, 2, 10), stretch(34, 39, 39, 39)]);
    }

    #[test]
    fn more_is_asked_for_by_a_plain_address() {
        let text = chat();
        let marks = marks(&text, &["2-19\n"]);
        let talk = Conversation::new(&text, &marks, None);
        let source = Source {
            text: &text,
            marks: &marks,
            paged: true,
            ocr: &[],
            talk: Some(&talk),
            own: "/document/1?na=x",
        };
        let window = |wanted| {
            talk.windows(&source, &wanted)
                .expect("windows")
                .list
                .remove(0)
        };
        let messages = |window: &Window| {
            let is = |shown: &&Shown| matches!(shown, Shown::Message { .. });
            window.text.iter().filter(is).count()
        };
        let first = window(Wanted::default());
        assert_eq!(messages(&first), 6);
        assert_eq!(first.title, "2 maart 2024 om 10:19");
        assert_eq!(first.whole, "/document/1?na=x#bericht-40");
        let more = |ervoor, erna| {
            Some(format!(
                "/document/1?na=x&rond=40&ervoor={ervoor}&erna={erna}#vensters"
            ))
        };
        assert_eq!(first.more, [more(30, 0), more(5, 25)]);
        let wider = window(Wanted {
            around: Some(40),
            before: Some(5),
            after: Some(25),
            stretch: None,
        });
        // The rest of the conversation: there is nothing after it.
        assert_eq!(messages(&wider), 26);
        assert_eq!(wider.more, [more(30, 25), None]);
        // A number that does not exist asks for nothing.
        let wrong = Wanted {
            around: Some(999),
            ..Wanted::default()
        };
        assert_eq!(messages(&window(wrong)), 6);
    }

    #[test]
    fn a_message_loses_only_the_signs_that_tell_its_parts_apart() {
        let text = "  Vooraf\n[2024-03-15 14:03:22] Jan: De kade\n  is hoog (bewerkt)\n\
                    [2024-03-15 14:04] * Els kwam\n\u{c}[2024-03-16 14:04] Els: \n  Ja\n";
        let marks = marks(text, &["Jan: De", "Ja\n"]);
        let talk = Conversation::new(text, &marks, None);
        for part in [0..text.len(), 4..30, 50..70] {
            let pieces = with_events(text, &part, &marks, talk.events(&part));
            let mut open = Vec::new();
            for piece in &pieces {
                match piece {
                    super::super::text::Piece::Open(frame) => open.push(*frame),
                    super::super::text::Piece::Close(frame) => assert_eq!(open.pop(), Some(*frame)),
                    _ => {}
                }
            }
            assert_eq!(open, []);
        }
        let whole = 0..text.len();
        let shown: Vec<String> = with_events(text, &whole, &marks, talk.events(&whole))
            .into_iter()
            .map(|piece| match piece {
                super::super::text::Piece::Plain(text) => text.to_owned(),
                super::super::text::Piece::Hit(_, text) => format!("<{text}>"),
                super::super::text::Piece::Rest(text) => format!("<+{text}>"),
                super::super::text::Piece::Day(_) => "=".to_owned(),
                super::super::text::Piece::Open(Frame::Message(_)) => "|".to_owned(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(
            shown.concat(),
            "=|Vooraf=|2024-03-15 14:03:22 <Jan><+De> kade\nis hoog (bewerkt)|2024-03-15 14:04Els kwam\
             =|2024-03-16 14:04 Els\n<Ja>"
        );
    }

    #[test]
    fn hits_outside_the_period_come_last_and_are_counted() {
        let text = chat();
        let question = Question {
            vraag: "bericht datum:2024-03-02".into(),
            ..Question::default()
        };
        let search = question.search(&Default::default()).expect("search");
        let marks = marks(&text, &["1-2\n", "2-5\n", "3-1\n"]);
        let talk = Conversation::new(&text, &marks, Some(&search));
        let source = Source {
            text: &text,
            marks: &marks,
            paged: true,
            ocr: &[],
            talk: Some(&talk),
            own: "/d",
        };
        let windows = talk.windows(&source, &Wanted::default()).expect("windows");
        let outside: Vec<bool> = windows.list.iter().map(|window| window.outside).collect();
        assert_eq!(outside, [false, true, true]);
        assert_eq!(windows.total, "3 berichten");
        assert_eq!(windows.outside.as_deref(), Some("2 berichten"));
    }
}
