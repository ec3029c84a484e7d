-- Decoys of the hashes that an import under way is about to bring: servers find out what they cost before
-- the first of them is there. What one leaves behind that was killed, the next one removes.
CREATE TABLE expected_decoys (
    decoy TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
