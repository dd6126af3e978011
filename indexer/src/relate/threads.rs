//! Which mails are one conversation: those that refer to each other, directly or through a mail that is not there; a
//! mail without references goes with the mail before it that has the same subject and participants, when it is an
//! answer or has no Message-ID. Never reads a text.

use super::union::Union;
use super::{Changes, Texts, copies, equal, inclusive, name};
use std::collections::HashSet;
use zv_shared::index::{IndexError, RelationTable};
use zv_shared::{GroupKey, MailLinks};

/// A mail with its row and when it was sent.
pub(super) struct Mail {
    pub row: u32,
    pub links: MailLinks,
    /// Seconds since 1970.
    pub sent: i64,
}

pub(super) fn find(
    table: &dyn RelationTable,
    texts: &Texts<'_>,
    now: &mut Changes,
) -> Result<(), IndexError> {
    let mails: Vec<Mail> = (0..table.len())
        .filter_map(|row| {
            let (links, sent) = table.mail(row)?;
            Some(Mail { row, links, sent })
        })
        .collect();
    let mut union = Union::new(u32::try_from(mails.len()).unwrap_or(u32::MAX));
    join_by_references(&mails, &mut union);
    join_by_subject(&mails, &mut union);
    let mut taken = HashSet::new();
    union.sets(1, |set| {
        let thread: Vec<&Mail> = set.iter().map(|&at| &mails[at as usize]).collect();
        let borne = thread
            .iter()
            .filter_map(|mail| table.groups(mail.row).thread);
        let fallback = GroupKey(u64::from_be_bytes(copies::first_half(table, thread[0].row)));
        let key = name(borne, fallback, &mut taken);
        now.thread.extend(thread.iter().map(|mail| (mail.row, key)));
        let settled = thread.iter().all(|mail| {
            let before = table.groups(mail.row);
            before.inclusive.is_some() && before.thread == Some(key)
        });
        if !settled {
            inclusive::judge(&thread, table, texts, now)?;
        }
        Ok(())
    })
}

/// Joins mails that name the same Message-ID, as their own or as one that they refer to.
fn join_by_references(mails: &[Mail], union: &mut Union) {
    let mut named: Vec<(u64, u32)> = Vec::new();
    for (at, mail) in (0..).zip(mails) {
        let ids = mail.links.id.iter().chain(&mail.links.refers);
        named.extend(ids.map(|&id| (id, at)));
    }
    named.sort_unstable();
    for group in equal(&named) {
        group.iter().for_each(|(_, at)| union.join(group[0].1, *at));
    }
}

/// Joins mails that cannot say where they belong with the mail before them of the same subject and participants.
fn join_by_subject(mails: &[Mail], union: &mut Union) {
    let lost =
        |mail: &Mail| mail.links.refers.is_empty() && (mail.links.reply || mail.links.id.is_none());
    let mut subjects: Vec<(u64, (i64, u32))> = (0..)
        .zip(mails)
        .map(|(at, mail)| (mail.links.subject, (mail.sent, at)))
        .collect();
    subjects.sort_unstable();
    for group in equal(&subjects) {
        for pair in group.windows(2) {
            let ((_, (_, before)), (_, (_, at))) = (pair[0], pair[1]);
            if lost(&mails[at as usize]) {
                union.join(before, at);
            }
        }
    }
}
