using System.Runtime.InteropServices;
using Integration.Core.Storage;
using static Integration.Storage.Mongo.Native.LibMongoc;

namespace Integration.Storage.Mongo.Native;

/// <summary>A pool of libmongoc: it watches the servers of the deployment on threads of its own and hands out clients.</summary>
internal sealed unsafe class MongocConnector : IMongoConnector
{
    /// <summary>Time limits in ms where the connection string has none; the driver's own are 30 s and 5 minutes, for which a sender will not wait.</summary>
    private static readonly (string Option, int Default)[] DefaultLimits =
        [("serverSelectionTimeoutMS", 5_000), ("connectTimeoutMS", 5_000), ("socketTimeoutMS", 60_000)];

    private readonly nint _pool;
    private readonly nint _transactionOptions;

    /// <param name="connectionString"><c>mongodb://</c> or <c>mongodb+srv://</c>.</param>
    /// <exception cref="StoreUnavailableException">The library is not installed, or the connection string is none.</exception>
    public MongocConnector(string connectionString)
    {
        if (!IsInstalled)
        {
            throw new StoreUnavailableException(
                "MongoDB's C driver is not installed. Install it (Debian and Ubuntu: apt-get install libmongoc-1.0-0, or libmongoc2-2 on newer ones), then start again.");
        }

        mongoc_init();
        mongoc_log_set_handler(0, 0);
        var uri = Parse(connectionString);
        try
        {
            DatabaseName = Marshal.PtrToStringUTF8(mongoc_uri_get_database(uri));
            foreach (var (option, value) in DefaultLimits)
            {
                if (mongoc_uri_get_option_as_int32(uri, option, 0) == 0)
                {
                    mongoc_uri_set_option_as_int32(uri, option, value);
                }
            }

            _pool = mongoc_client_pool_new(uri);
        }
        finally
        {
            mongoc_uri_destroy(uri);
        }

        if (_pool == 0)
        {
            throw new StoreUnavailableException("Storage:MongoDb:ConnectionString cannot be used: the driver does not take its combination of options (TLS, SRV).");
        }

        mongoc_client_pool_set_error_api(_pool, ErrorApiVersion);
        mongoc_client_pool_set_appname(_pool, "integration-engine");
        _transactionOptions = MajorityTransactions();
    }

    /// <summary>The database that the connection string names; null when it names none.</summary>
    public string? DatabaseName { get; }

    /// <summary>What is wrong with a connection string, without its contents; null when it can be parsed or the library is missing.</summary>
    public static string? ProblemOf(string connectionString)
    {
        if (!IsInstalled)
        {
            return null;
        }

        var error = stackalloc byte[ErrorBytes];
        var uri = mongoc_uri_new_with_error(connectionString, error);
        if (uri != 0)
        {
            mongoc_uri_destroy(uri);
            return null;
        }

        return "it cannot be parsed";
    }

    public IMongoConnection Connect() => new MongocConnection(_pool, _transactionOptions);

    /// <summary>Every connection must have been disposed.</summary>
    public void Dispose()
    {
        mongoc_transaction_opts_destroy(_transactionOptions);
        mongoc_client_pool_destroy(_pool);
    }

    private static nint Parse(string connectionString)
    {
        var error = stackalloc byte[ErrorBytes];
        var uri = mongoc_uri_new_with_error(connectionString, error);
        // The driver's text may quote the string, and with it a password.
        return uri != 0 ? uri : throw new StoreUnavailableException("Storage:MongoDb:ConnectionString is no MongoDB connection string: mongodb://HOST:PORT/DATABASE?replicaSet=NAME.");
    }

    private static nint MajorityTransactions()
    {
        const int NoTimeLimit = 0;
        var (options, read, write) = (mongoc_transaction_opts_new(), mongoc_read_concern_new(), mongoc_write_concern_new());
        mongoc_read_concern_set_level(read, "snapshot");
        mongoc_write_concern_set_wmajority(write, NoTimeLimit);
        mongoc_write_concern_set_journal(write, true);
        mongoc_transaction_opts_set_read_concern(options, read);
        mongoc_transaction_opts_set_write_concern(options, write);
        mongoc_read_concern_destroy(read);
        mongoc_write_concern_destroy(write);
        return options;
    }
}
