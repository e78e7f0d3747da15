// Judges a CycloneDX 1.6 document by the schema that the standard's own library ships.
import { readFileSync } from 'node:fs'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'

const judge = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
const verdict = await judge.validate(readFileSync(process.argv[2], 'utf8'))
if (verdict !== null) {
  console.error(JSON.stringify(verdict, null, 1))
  process.exit(1)
}
