BEGIN
  IF NEW.fid IS DISTINCT FROM OLD.fid OR NEW.{key} IS DISTINCT FROM OLD.{key} THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{table}.{key} never changes';
  END IF;
  IF NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{table}.version counts by one';
  END IF;
  INSERT INTO public.{history} ({names}) VALUES ({old});
  NEW.version := OLD.version + 1;
  RETURN NEW;
END
