//! The spool: what is put in comes out, and what is dropped makes room.

use crawl::store::Spool;
use libtest_mimic::Trial;
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("store::spool::what_is_put_in_comes_out", || {
            comes_out();
            Ok(())
        }),
        Trial::test("store::spool::what_is_dropped_makes_room", || {
            makes_room();
            Ok(())
        }),
    ]
}

fn comes_out() {
    // Each action puts some bytes in; now and then an older one is dropped first.
    proptest!(|(actions in vec((any::<u8>(), 0..3000_usize, any::<Option<u8>>()), 1..60))| {
        let spool = Spool::new().unwrap();
        let mut kept = Vec::new();
        for (byte, length, dropped) in actions {
            if let Some(at) = dropped.map(usize::from).filter(|_| !kept.is_empty()) {
                let at = at % kept.len();
                kept.swap_remove(at);
            }
            let bytes = vec![byte; length];
            kept.push((spool.put(&bytes).unwrap(), bytes));
            for (spooled, bytes) in &kept {
                prop_assert_eq!(&spooled.read().unwrap(), bytes);
            }
        }
        drop(kept);
        let before = spool.len();
        let all = spool.put(&vec![7; usize::try_from(before).unwrap()]).unwrap();
        prop_assert!(spool.len() == before, "all of it was one gap again");
        prop_assert_eq!(all.read().unwrap().len() as u64, before);
    });
}

fn makes_room() {
    let spool = Spool::new().unwrap();
    assert!(spool.is_empty());
    for _ in 0..1000 {
        let one = spool.put(&[1; 5000]).unwrap();
        let other = spool.put(&[2; 7000]).unwrap();
        drop(one);
        assert_eq!(other.read().unwrap(), [2; 7000]);
    }
    assert!(spool.len() <= 12_000, "{}", spool.len());
}
