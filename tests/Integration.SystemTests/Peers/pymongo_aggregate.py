"""Runs aggregation pipelines through PyMongo. Argument: connection string with a database.

Standard input: {"collection": name, "pipeline": [...]} a line, in MongoDB's extended JSON. Prints the result of each as one line of relaxed extended JSON.
"""
import sys

import pymongo
from bson import json_util

database = pymongo.MongoClient(sys.argv[1]).get_default_database()
for line in sys.stdin.buffer:
    asked = json_util.loads(line)
    result = list(database[asked["collection"]].aggregate(asked["pipeline"]))
    text = json_util.dumps(result, json_options=json_util.RELAXED_JSON_OPTIONS, ensure_ascii=False)
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.flush()
