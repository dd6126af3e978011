//! A mailbox as programs write it: letters in all encodings, attachments, mails and mailboxes inside mails, and lines
//! that look like the start of a message. Holds no test.

/// How many kinds of mail [`mail`] knows.
pub const KINDS: usize = 9;

/// As [`mail`] would be written to a mailbox, one after another, with these line ends.
pub fn mailbox(mails: &[Vec<u8>], end: &str) -> Vec<u8> {
    let mut all = Vec::new();
    for mail in mails {
        all.extend(format!("From jan@waterveen.nl Wed Jun 30 09:14:02 2021{end}").bytes());
        for line in mail.split_inclusive(|byte| *byte == b'\n') {
            let quotes = line.iter().take_while(|byte| **byte == b'>').count();
            if line[quotes..].starts_with(b"From ") {
                all.push(b'>');
            }
            all.extend(line);
        }
        all.extend(end.bytes());
    }
    all
}

/// The mails of a mailbox of `number`, with these line ends.
pub fn mails(number: usize, end: &str) -> Vec<Vec<u8>> {
    (0..number)
        .map(|number| with_ends(&mail(number), end))
        .collect()
}

fn with_ends(mail: &[u8], end: &str) -> Vec<u8> {
    let lines = mail.split(|byte| *byte == b'\n');
    lines.collect::<Vec<_>>().join(end.as_bytes())
}

fn headers(number: usize, kind: &str) -> String {
    format!(
        "From: Jan <jan@waterveen.nl>\nTo: Fatima <fatima@waterveen.nl>\nSubject: sluis {number}\n\
         Date: Wed, 30 Jun 2021 09:14:02 +0200\nMessage-ID: <bericht-{number}@waterveen.nl>\nMIME-Version: 1.0\n\
         Content-Type: {kind}\n"
    )
}

/// Mail `number`; the kinds follow one another.
fn mail(number: usize) -> Vec<u8> {
    let plain = |charset: &str| headers(number, &format!("text/plain; charset={charset}"));
    let words = format!("dijkwoord{number}");
    match number % KINDS {
        0 => format!("{}Content-Transfer-Encoding: 8bit\n\nDé dijk kost € 5: {words}\n", plain("utf-8")).into(),
        1 => {
            let text = format!("{}Content-Transfer-Encoding: 8bit\n\nEen re\u{eb}le {words}\n", plain("iso-8859-1"));
            text.chars().map(|char| char as u8).collect()
        }
        2 => format!(
            "{}Content-Transfer-Encoding: quoted-printable\n\nco=C3=B6rdinatie van =\nde {words} =3D af\n",
            plain("utf-8")
        )
        .into(),
        3 => format!(
            "{}Content-Transfer-Encoding: base64\n\n{}\n",
            headers(number, "text/html; charset=utf-8"),
            base64(format!("<p>één&nbsp;<b>{words}</b> daar</p>").as_bytes())
        )
        .into(),
        4 => mixed(number, &[("stuk.txt", "text/plain", b"bijlage over de kade"), ("a.csv", "text/csv", b"a;b\n1;2\n")]),
        5 => {
            let inner = mixed(number + 1000, &[("diep.txt", "text/plain", b"heel diep")]);
            let mut all = format!(
                "{}\n--grens\nContent-Type: text/plain\n\ndoorgestuurd {words}\n--grens\nContent-Type: message/rfc822\n\n",
                headers(number, "multipart/mixed; boundary=grens")
            )
            .into_bytes();
            all.extend(String::from_utf8_lossy(&inner).replace("kaft", "band").bytes());
            all.extend(b"\n--grens--\n");
            all
        }
        6 => format!("{}\n{words}\n\nFrom hier naar de sluis\n>From citaat\n>>From dieper\n", plain("us-ascii")).into(),
        7 => plain("utf-8").into(),
        _ => {
            let inside: Vec<_> = (0..4).map(|at| mail(KINDS * number + at)).collect();
            mixed(number, &[("oud.mbox", "application/mbox", &mailbox(&inside, "\n"))])
        }
    }
}

fn mixed(number: usize, attachments: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut all = format!(
        "{}\n--kaft\nContent-Type: text/plain\n\nbrief met dijkwoord{number}\n",
        headers(number, "multipart/mixed; boundary=kaft")
    );
    for (name, kind, bytes) in attachments {
        all.push_str(&format!(
            "--kaft\nContent-Type: {kind}; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"\n\
             Content-Transfer-Encoding: base64\n\n{}\n",
            base64(bytes)
        ));
    }
    all.push_str("--kaft--\n");
    all.into()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut all = String::new();
    for (number, three) in bytes.chunks(3).enumerate() {
        if number > 0 && number % 19 == 0 {
            all.push('\n');
        }
        let bits = (0..3).fold(0_u32, |bits, at| {
            bits << 8 | u32::from(*three.get(at).unwrap_or(&0))
        });
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            all.push(if at > three.len() { '=' } else { digit.into() });
        }
    }
    all
}
