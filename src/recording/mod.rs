//! Recorded runs: what went over the network and what each step came to, kept in a cassette and played again.
