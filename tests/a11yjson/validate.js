// Validates each PlaceInfo of a FeatureCollection by the package's own schema; prints a JSON list of faults.
import fs from "node:fs";
import SimpleSchema from "@sozialhelden/simpl-schema";
import * as a11yjson from "@sozialhelden/a11yjson";

const Schema = SimpleSchema.default || SimpleSchema;
const schema = new Schema(a11yjson.getPlaceInfoSchemaDefinition());
const { features } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const faults = [];
for (const { type, ...place } of features) {
  const context = schema.newContext();
  context.validate(place);
  if (type !== "Feature" || !context.isValid()) faults.push([place.properties.originalId, context.validationErrors()]);
}
console.log(JSON.stringify(faults));
