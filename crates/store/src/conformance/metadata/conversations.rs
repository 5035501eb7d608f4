//! Cases of `Conversations`.

use super::{Seam, Store, conversation, hold, source};
use crate::conformance::Harness;
use crate::conformance::sample::{self, ME, OTHER, WORKER, at};
use crate::metadata::PageRequest;
use datafyme_domain::{Conversation, ConversationId, DataSourceId, ErrorKind, Role, RunStatus};

const ALL: PageRequest = PageRequest { cursor: None, limit: 200 };

/// Begins a conversation with one question.
async fn used(store: &Store, source: DataSourceId, seconds: i64) -> ConversationId {
    let conversation = sample::conversation(ME, source, 0);
    store.create_conversation(&conversation).await.unwrap();
    store.start_run(ME, &sample::run_start(&conversation, "how many?", seconds)).await.unwrap();
    conversation.id
}

fn ids(conversations: &[Conversation]) -> Vec<ConversationId> {
    conversations.iter().map(|c| c.id).collect()
}

pub async fn a_conversation_needs_a_source_of_its_owner(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mine = source(&store, ME, "sales").await;
    for lost in [sample::conversation(ME, DataSourceId::generate(), 0), sample::conversation(OTHER, mine, 0)] {
        let error = store.create_conversation(&lost).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    let kept = sample::conversation(ME, mine, 0);
    store.create_conversation(&kept).await.unwrap();
    assert_eq!(store.conversation(ME, kept.id).await.unwrap(), Some(kept));
}

pub async fn a_conversation_is_renamed_and_removed(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let kept = conversation(&store, ME, "sales").await;
    let start = sample::run_start(&kept, "how many?", 1);
    store.start_run(ME, &start).await.unwrap();
    assert!(store.rename_conversation(ME, kept.id, "Deliveries", at(3)).await.unwrap());
    assert_eq!(store.conversation(ME, kept.id).await.unwrap().unwrap().title, "Deliveries");
    assert!(store.delete_conversation(ME, kept.id).await.unwrap());
    assert!(!store.delete_conversation(ME, kept.id).await.unwrap());
    assert!(!store.rename_conversation(ME, kept.id, "Late", at(4)).await.unwrap());
    assert_eq!(store.conversation(ME, kept.id).await.unwrap(), None);
    assert_eq!(store.messages(ME, kept.id).await.unwrap(), []);
    assert_eq!(store.run(ME, start.run.id).await.unwrap(), None);
}

pub async fn another_users_conversation_is_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mine = conversation(&store, ME, "sales").await;
    store.start_run(ME, &sample::run_start(&mine, "how many?", 1)).await.unwrap();
    assert_eq!(store.conversation(OTHER, mine.id).await.unwrap(), None);
    assert_eq!(store.messages(OTHER, mine.id).await.unwrap(), []);
    assert_eq!(store.list_conversations(OTHER, None, &ALL).await.unwrap().items, []);
    assert!(!store.rename_conversation(OTHER, mine.id, "theirs", at(2)).await.unwrap());
    assert!(!store.delete_conversation(OTHER, mine.id).await.unwrap());
    assert_eq!(store.conversation(ME, mine.id).await.unwrap().unwrap().title, "Orders");
    assert_eq!(store.messages(ME, mine.id).await.unwrap().len(), 1);
}

pub async fn conversations_are_listed_last_used_first_without_empty_ones(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let empty = sample::conversation(ME, id, 99);
    store.create_conversation(&empty).await.unwrap();
    let early = used(&store, id, 1).await;
    let late = used(&store, id, 3).await;
    let middle = used(&store, id, 2).await;
    let page = store.list_conversations(ME, None, &ALL).await.unwrap();
    assert_eq!((ids(&page.items), page.next_cursor), (vec![late, middle, early], None));
}

pub async fn pages_give_every_conversation_once(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    // Pairs of the same time: the id alone tells them apart.
    for number in 0..7 {
        used(&store, id, number / 2).await;
    }
    let all = ids(&store.list_conversations(ME, None, &ALL).await.unwrap().items);
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let request = PageRequest { cursor, limit: 3 };
        let page = store.list_conversations(ME, None, &request).await.unwrap();
        seen.extend(ids(&page.items));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
        assert_eq!(page.items.len(), 3);
        // One that is used while somebody turns the pages moves to the front and shifts nothing.
        used(&store, id, 100).await;
    }
    assert_eq!((seen, all.len()), (all, 7));
}

pub async fn a_foreign_cursor_is_refused(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    for cursor in ["", "nonsense", "MTIz", "🦀", "' OR 1=1"] {
        let request = PageRequest { cursor: Some(cursor.to_owned()), limit: 3 };
        let error = store.list_conversations(ME, None, &request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{cursor}");
    }
}

pub async fn a_list_can_be_of_one_source(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let (one, two) = (source(&store, ME, "one").await, source(&store, ME, "two").await);
    let of_one = used(&store, one, 1).await;
    used(&store, two, 2).await;
    let page = store.list_conversations(ME, Some(one), &ALL).await.unwrap();
    assert_eq!(ids(&page.items), [of_one]);
}

pub async fn messages_stay_in_order_at_the_same_time(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let talk = conversation(&store, ME, "sales").await;
    let mut expected = Vec::new();
    for question in ["first", "second", "third"] {
        let start = sample::run_start(&talk, question, 1);
        store.start_run(ME, &start).await.unwrap();
        let reply = sample::reply(&start, &format!("answer to {question}"), 1);
        let answer = sample::answer(RunStatus::Answered, &reply.text);
        assert!(hold(&store, &start).await);
        assert!(store.finish_run(start.run.id, WORKER, sample::end(&answer, &reply, 1)).await.unwrap());
        expected.extend([start.message, reply]);
    }
    let stored = store.messages(ME, talk.id).await.unwrap();
    assert_eq!(stored, expected);
    assert_eq!((stored[0].role, stored[1].role), (Role::User, Role::Assistant));
}
