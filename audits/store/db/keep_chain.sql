DECLARE last_sequence integer; last_digest text;
BEGIN
  SELECT sequence, digest INTO last_sequence, last_digest FROM ledger ORDER BY sequence DESC LIMIT 1;
  IF NEW.sequence <> coalesce(last_sequence, 0) + 1
    OR NEW.previous <> coalesce(last_digest, '{genesis}') THEN
    RAISE EXCEPTION USING MESSAGE = 'the ledger grows at its end only',
      ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
