using Integration.Core;
using Integration.Host.Api.Metrics;
using Integration.Host.Api.Query;
using Integration.Host.Commands.Mapping;
using Integration.Host.Fhir;
using Integration.Host.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Host.Api;

/// <summary>The API that CRM and analytics tools read the record by, with health, metrics and its own description.</summary>
internal static class ReadApiRegistration
{
    /// <summary>Needs what <see cref="EngineRegistration.AddEngine"/> adds, a store, and the parsers of the adapters.</summary>
    public static IServiceCollection AddReadApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<MappingChecks>();
        services.AddFhirFacade();
        services.AddExceptionHandler<UnhandledFaults>();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddOpenApi("v1", ApiDescription.Configure);

        // These write the whole address of every request or redirect, with the names that were looked for in it.
        services.KeepQuiet("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        services.KeepQuiet("Microsoft.AspNetCore.Http.Result", LogLevel.Warning);
        return services;
    }

    /// <summary>Call it after <see cref="EngineSecurityRegistration.UseEngineSecurity"/>.</summary>
    public static WebApplication MapReadApi(this WebApplication app)
    {
        // Listens from now on, so that nothing recorded before the first scrape is missing.
        app.Services.GetRequiredService<MetricsCollector>();

        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseWhen(context => Browser.IsForPrograms(context.Request.Path), branch => branch.UseStatusCodePages(
            status => ApiProblem.OfStatus(status.HttpContext, status.HttpContext.Response.StatusCode).AnswerAsync(status.HttpContext)));

        var root = app.MapGroup("").CheckQueries();
        root.MapHealth();
        root.MapMetrics();
        app.MapOpenApi("/openapi/{documentName}.json");

        var api = root.MapGroup("/api/v1").RequireAuthorization(Policies.Read);
        api.MapPatientRecords();
        api.MapPatientUnmerge();
        api.MapMessages();
        api.MapDeadLetters();
        api.MapAudit();
        api.MapAttachments();
        api.MapFeeds();
        api.MapFiles();
        api.MapDestinations();
        api.MapEvents();
        api.MapIncidents();
        api.MapLinkReviews();
        api.MapMappings();
        api.MapUnmappedCodes();
        api.MapCodeTables();
        api.MapFollowUps();
        api.MapFollowUpRules();
        api.MapForms();
        api.MapTemplates();
        api.MapGateways();
        api.MapReconciliations();
        api.MapReferenceData();
        api.MapStorage();
        api.MapDevices();
        api.MapVitalSeries();
        root.MapVitals();
        app.MapFhirFacade();
        return app;
    }
}
