using System.Text;
using System.Text.Json;
using Integration.Fhir;
using Integration.Fhir.FhirPath;
using Integration.Fhir.FhirPath.Functions;
using Integration.Fhir.Search;

namespace Integration.Tests.Fhir.FhirPath;

/// <summary>Seeded: whatever the text, compiling ends in an expression or a syntax error; whatever the resource, evaluating ends in a result or its own exception.</summary>
public sealed class FhirPathFuzzTests
{
    private const int Seed = 20260504;

    private static List<string> Official =>
    [
        .. FhirSchema.TypeNames.SelectMany(n => FhirSchema.Find(n)!.Constraints).Select(c => c.Expression)
            .Concat(FhirSearchParameters.All.Select(p => p.Expression).OfType<string>()).Distinct(StringComparer.Ordinal),
    ];

    [Fact]
    public void Compile_DamagedExpressions_CompileOrSayWhere()
    {
        const int Rounds = 20_000;
        var random = new Random(Seed);
        var official = Official;
        var compiled = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = Damaged(random, official[random.Next(official.Count)], official);
            try
            {
                FhirPathExpression.Compile(text);
                compiled++;
            }
            catch (FhirPathSyntaxException problem)
            {
                Assert.InRange(problem.Position, 0, text.Length);
            }
        }

        Assert.InRange(compiled, Rounds / 20, Rounds - (Rounds / 20));
    }

    [Fact]
    public void Evaluate_RandomExpressionsOnMadeUpResources_EndInAResultOrAFhirPathException()
    {
        const int Rounds = 6_000;
        var random = new Random(Seed);
        var made = new RandomResource(random);
        var types = FhirSchema.TypeNames.Where(n => FhirSchema.Find(n) is { Kind: FhirTypeKind.Resource, IsAbstract: false }).ToList();
        var results = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var document = JsonDocument.Parse(round % 3 == 0 ? FhirSamples.Changed(random) : made.Make(types[random.Next(types.Count)]).ToJsonString());
            try
            {
                results += FhirPathExpression.Compile(Random(random, 4)).Evaluate(document.RootElement).Count >= 0 ? 1 : 0;
            }
            catch (FhirPathException)
            {
                // Asked for what is not there.
            }
        }

        Assert.True(results > Rounds / 10, $"Only {results} of {Rounds} expressions could be evaluated.");
    }

    /// <summary>A structurally wrong resource, too, meets every invariant of its type.</summary>
    [Fact]
    public void Validate_MadeUpResourcesOfEveryType_FindsNoStructureErrorAndNothingUnevaluable()
    {
        var made = new RandomResource(new Random(Seed));
        foreach (var type in FhirSchema.TypeNames.Where(n => FhirSchema.Find(n) is { Kind: FhirTypeKind.Resource, IsAbstract: false }))
        {
            for (var i = 0; i < 5; i++)
            {
                using var document = JsonDocument.Parse(made.Make(type).ToJsonString());
                var issues = FhirValidator.Validate(document.RootElement);
                Assert.DoesNotContain(issues, issue => issue.Code is "structure" or "processing" or "too-costly");
            }
        }
    }

    private static string Damaged(Random random, string text, List<string> others)
    {
        const string Characters = "()[]{}.,'`\"\\|&=<>!~+-*/%$@T:0123456789 abZ中\n";
        var result = new StringBuilder(text);
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(result.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    result.Insert(at, Characters[random.Next(Characters.Length)]);
                    break;
                case 1 when at < result.Length:
                    result.Remove(at, Math.Min(result.Length - at, random.Next(1, 5)));
                    break;
                case 2:
                    var other = others[random.Next(others.Count)];
                    result.Insert(at, other[..random.Next(Math.Min(other.Length, 60))]);
                    break;
                case 3 when at < result.Length:
                    result[at] = Characters[random.Next(Characters.Length)];
                    break;
                default:
                    break;
            }
        }

        return result.ToString();
    }

    private static string Random(Random random, int depth)
    {
        string[] operators = ["and", "or", "xor", "implies", "=", "!=", "~", "<", ">=", "|", "+", "-", "*", "/", "div", "mod", "&", "in", "contains"];
        string[] leaves = ["name", "id", "code", "value", "1", "2.5", "'a'", "true", "{}", "@2026-03", "4 days", "$this", "%resource", "children()", "descendants()", "status", "@T10:00"];
        if (depth == 0 || random.Next(5) == 0)
        {
            return leaves[random.Next(leaves.Length)];
        }

        if (random.Next(3) == 0)
        {
            return $"({Random(random, depth - 1)} {operators[random.Next(operators.Length)]} {Random(random, depth - 1)})";
        }

        var names = FunctionTable.Names.Order(StringComparer.Ordinal).ToList();
        var function = FunctionTable.Find(names[random.Next(names.Count)])!;
        var count = random.Next(function.MinArguments, function.MaxArguments + 1);
        return $"({Random(random, depth - 1)}).{function.Name}({string.Join(", ", Enumerable.Range(0, count).Select(_ => Random(random, depth - 2 < 0 ? 0 : depth - 2)))})";
    }
}
