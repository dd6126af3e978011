//! Mailboxes made for tests: threads, copies and attachments of which the numbers are known beforehand, spread over
//! MBOX, PST, MSG and EML files. Always the same for the same seed.

use crate::read::pst::testing::{Item, bytes, mailbox, number, text};
use crate::read::testing::read_bytes;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What must be found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Expected {
    /// Messages at all places.
    pub messages: u64,
    /// Messages, each counted once.
    pub different: u64,
    /// Messages of which there is a copy elsewhere, the copies counted too.
    pub doubled: u64,
    pub threads: u64,
    pub attachments: u64,
    /// Messages at all places that no later one repeats.
    pub inclusive: u64,
    /// Files.
    pub files: u64,
}

/// A message as it was sent.
#[derive(Clone)]
struct Message {
    id: Option<String>,
    answers: Option<String>,
    references: Vec<String>,
    from: String,
    to: Vec<String>,
    subject: String,
    /// Seconds since 1970.
    sent: i64,
    body: String,
    attachment: Option<String>,
}

/// How the messages of a thread name each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    References,
    OnlyInReplyTo,
    /// Answers have neither Message-ID nor references.
    OnlySubject,
    /// The second message is not in the archive.
    Missing,
}

struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// Fills `folder` with at least `messages` different messages.
pub(super) fn fill(folder: &Path, messages: u64, seed: u64) -> Expected {
    let mut random = Random(seed | 1);
    let mut expected = Expected::default();
    let mut boxes = Boxes::new(folder);
    let mut thread = 0;
    while expected.different < messages {
        thread += 1;
        let made = conversation(&mut random, thread);
        expected.threads += 1;
        for (message, inclusive) in made {
            expected.different += 1;
            let copies = if random.below(6) == 0 { 2 } else { 1 };
            let place = random.below(4);
            for copy in 0..copies {
                boxes.add((place + copy) % 4, &message);
                expected.messages += 1;
                expected.attachments += u64::from(message.attachment.is_some());
                expected.inclusive += u64::from(inclusive);
                expected.doubled += u64::from(copies == 2);
            }
        }
    }
    expected.files = boxes.finish();
    expected
}

/// The messages of one thread, each with whether no later one repeats it.
fn conversation(random: &mut Random, thread: u64) -> Vec<(Message, bool)> {
    let style = match random.below(10) {
        0 => Style::OnlyInReplyTo,
        1 => Style::OnlySubject,
        2 => Style::Missing,
        _ => Style::References,
    };
    let length = 1 + random.below(7);
    let people: Vec<String> = (0..2 + random.below(3))
        .map(|i| format!("Persoon {i} <p{}@waterveen.nl>", (thread * 7 + i) % 500))
        .collect();
    let subject = format!("Dossier {thread} {}", words(random, 2));
    let mut made: Vec<Message> = Vec::new();
    for at in 0..length {
        let before = made.last().cloned();
        let answer = before.as_ref().filter(|_| style != Style::OnlySubject);
        let sender = (at as usize) % people.len();
        let quote = before.as_ref().map(|before| {
            let lines = before.body.lines().map(|line| format!("> {line}\n"));
            lines.collect::<String>()
        });
        let mut references = answer.map_or_else(Vec::new, |mail| mail.references.clone());
        references.extend(answer.and_then(|mail| mail.id.clone()));
        made.push(Message {
            id: (style != Style::OnlySubject || at == 0)
                .then(|| format!("{thread}.{at}@waterveen.nl")),
            answers: answer.and_then(|mail| mail.id.clone()),
            references: match style {
                Style::OnlyInReplyTo => Vec::new(),
                _ => references,
            },
            from: people[sender].clone(),
            to: people
                .iter()
                .filter(|one| **one != people[sender])
                .cloned()
                .collect(),
            subject: match at {
                0 => subject.clone(),
                _ if at % 2 == 0 => format!("Antw: {subject}"),
                _ => format!("RE: {subject}"),
            },
            sent: 1_600_000_000 + thread as i64 * 9_000 + at as i64 * 600,
            body: format!("{}\n{}", words(random, 25), quote.unwrap_or_default()),
            attachment: (random.below(5) == 0).then(|| words(random, 30)),
        });
    }
    let last = made.len() - 1;
    let judged: Vec<bool> = (0..made.len())
        .map(|at| at == last || made[at].attachment.is_some())
        .collect();
    let mut all: Vec<(Message, bool)> = made.into_iter().zip(judged).collect();
    if style == Style::Missing && last >= 2 {
        // The third names the second, and with it the first: both still belong together.
        all.remove(1);
    }
    all
}

const WORDS: [&str; 24] = [
    "kade",
    "dijk",
    "besluit",
    "vergunning",
    "bezwaar",
    "raad",
    "college",
    "begroting",
    "sluis",
    "gemaal",
    "veerpont",
    "subsidie",
    "aanvraag",
    "termijn",
    "zienswijze",
    "bestek",
    "aannemer",
    "peil",
    "oever",
    "brug",
    "opdracht",
    "factuur",
    "planning",
    "overleg",
];

fn words(random: &mut Random, number: usize) -> String {
    let mut text = String::new();
    for _ in 0..number {
        let word = WORDS[random.below(WORDS.len() as u64) as usize];
        let _ = write!(text, "{word}{} ", random.below(90));
    }
    text.trim_end().to_owned()
}

/// Where the messages go.
struct Boxes<'f> {
    folder: &'f Path,
    mbox: String,
    items: Vec<Item>,
    files: u64,
    number: u64,
}

/// Messages in one mailbox file.
const IN_ONE: usize = 5_000;

impl<'f> Boxes<'f> {
    fn new(folder: &'f Path) -> Self {
        Boxes {
            folder,
            mbox: String::new(),
            items: Vec::new(),
            files: 0,
            number: 0,
        }
    }

    fn write(&mut self, name: &str, bytes: &[u8]) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self.files += 1;
    }

    fn add(&mut self, place: u64, message: &Message) {
        self.number += 1;
        let number = self.number;
        match place {
            0 => {
                let _ = write!(
                    self.mbox,
                    "From x Thu Jan  1 00:00:00 2020\n{}\n",
                    eml(message)
                );
                if self.mbox.len() > IN_ONE * 1000 {
                    self.end_mbox();
                }
            }
            1 => {
                self.items.push(item(message));
                if self.items.len() >= IN_ONE {
                    self.end_pst();
                }
            }
            2 => self.write(
                &format!("eml/{}/{number}.eml", number / 1000),
                eml(message).as_bytes(),
            ),
            _ => {
                // A message file as the reader of mailboxes makes it.
                let pst = mailbox(&[("x", vec![item(message)])]);
                let (_, read, _) = read_bytes("x.pst", &pst);
                self.write(
                    &format!("msg/{}/{number}.msg", number / 1000),
                    &read.children[0].bytes,
                );
            }
        }
    }

    fn end_mbox(&mut self) {
        let mbox = std::mem::take(&mut self.mbox);
        let name = format!("mbox/postvak {}.mbox", self.files);
        self.write(&name, mbox.as_bytes());
    }

    fn end_pst(&mut self) {
        let items = std::mem::take(&mut self.items);
        let name = format!("pst/postvak {}.pst", self.files);
        self.write(&name, &mailbox(&[("Postvak IN", items)]));
    }

    fn finish(mut self) -> u64 {
        self.end_mbox();
        self.end_pst();
        self.files
    }
}

fn eml(message: &Message) -> String {
    let mut head = format!(
        "From: {}\nTo: {}\nSubject: {}\nDate: {}\n",
        message.from,
        message.to.join(", "),
        message.subject,
        jiff::Timestamp::from_second(message.sent)
            .unwrap()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .strftime("%a, %d %b %Y %H:%M:%S +0000")
    );
    if let Some(id) = &message.id {
        let _ = writeln!(head, "Message-ID: <{id}>");
    }
    if let Some(id) = &message.answers {
        let _ = writeln!(head, "In-Reply-To: <{id}>");
    }
    if !message.references.is_empty() {
        let _ = writeln!(head, "References: <{}>", message.references.join("> <"));
    }
    match &message.attachment {
        None => format!("{head}\n{}\n", message.body),
        Some(attachment) => format!(
            "{head}Content-Type: multipart/mixed; boundary=\"grens\"\n\n--grens\nContent-Type: text/plain\n\n{}\n\
             --grens\nContent-Type: text/plain; name=\"bijlage.txt\"\nContent-Disposition: attachment; \
             filename=\"bijlage.txt\"\n\n{attachment}\n--grens--\n",
            message.body
        ),
    }
}

fn item(message: &Message) -> Item {
    let (name, address) = message.from.split_once(" <").unwrap();
    let filetime = ((message.sent + 11_644_473_600) * 10_000_000).to_le_bytes();
    let mut props = vec![
        text(0x1a, "IPM.Note"),
        text(0x37, &message.subject),
        text(0x1000, &message.body),
        text(0xc1a, name),
        text(0x5d01, address.trim_end_matches('>')),
        bytes(0x39, 0x40, filetime.to_vec()),
    ];
    if let Some(id) = &message.id {
        props.push(text(0x1035, &format!("<{id}>")));
    }
    if let Some(id) = &message.answers {
        props.push(text(0x1042, &format!("<{id}>")));
    }
    if !message.references.is_empty() {
        props.push(text(
            0x1039,
            &format!("<{}>", message.references.join("> <")),
        ));
    }
    let recipients = message.to.iter().map(|one| {
        let (name, address) = one.split_once(" <").unwrap();
        vec![
            number(0xc15, 1),
            text(0x3001, name),
            text(0x39fe, address.trim_end_matches('>')),
        ]
    });
    let attachments = message.attachment.iter().map(|attachment| {
        let props = vec![
            text(0x3707, "bijlage.txt"),
            number(0x3705, 1),
            bytes(0x3701, 0x102, attachment.clone().into_bytes()),
        ];
        (props, None)
    });
    Item {
        props,
        recipients: recipients.collect(),
        attachments: attachments.collect(),
    }
}
