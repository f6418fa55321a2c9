using System.Reflection;
using System.Runtime.InteropServices;

namespace Integration.Storage.Mongo.Native;

/// <summary>The functions of libmongoc and libbson (1.23 to 2.x) that the store calls, with the C names, and where the libraries are looked for.</summary>
internal static unsafe partial class LibMongoc
{
    /// <summary><c>sizeof(bson_error_t)</c>: domain, code, and a message of 504 bytes.</summary>
    public const int ErrorBytes = 512;

    /// <summary><c>sizeof(bson_t)</c>, which is also its alignment.</summary>
    public const int DocumentBytes = 128;

    /// <summary><c>MONGOC_ERROR_API_VERSION_2</c>: server errors are told from the driver's by domain.</summary>
    public const int ErrorApiVersion = 2;

    /// <summary><c>MONGOC_ERROR_SERVER</c>.</summary>
    public const uint ServerDomain = 17;

    private const string Mongoc = "mongoc";
    private const string Bson = "bson";

    private static readonly string[] MongocNames = ["libmongoc2.so.2", "libmongoc-1.0.so.0", "libmongoc-1.0.so", "mongoc-1.0", "mongoc2"];
    private static readonly string[] BsonNames = ["libbson2.so.2", "libbson-1.0.so.0", "libbson-1.0.so", "bson-1.0", "bson2"];

    /// <summary>Whether the libraries are installed; loads them.</summary>
    public static bool IsInstalled => Load(MongocNames) != 0 && Load(BsonNames) != 0;

    static LibMongoc() => NativeLibrary.SetDllImportResolver(typeof(LibMongoc).Assembly, Resolve);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_init();

    /// <summary>Null turns the driver's own writing to stderr off; what went wrong is in every error.</summary>
    [LibraryImport(Mongoc)]
    public static partial void mongoc_log_set_handler(nint handler, nint data);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint mongoc_uri_new_with_error(string text, byte* error);

    [LibraryImport(Mongoc)]
    public static partial nint mongoc_uri_get_database(nint uri);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mongoc_uri_get_option_as_int32(nint uri, string option, int fallback);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_uri_set_option_as_int32(nint uri, string option, int value);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_uri_destroy(nint uri);

    [LibraryImport(Mongoc)]
    public static partial nint mongoc_client_pool_new(nint uri);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_pool_set_error_api(nint pool, int version);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_pool_set_appname(nint pool, string name);

    [LibraryImport(Mongoc)]
    public static partial nint mongoc_client_pool_pop(nint pool);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_client_pool_push(nint pool, nint client);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_client_pool_destroy(nint pool);

    [LibraryImport(Mongoc)]
    public static partial nint mongoc_client_start_session(nint client, nint options, byte* error);

    [LibraryImport(Mongoc)]
    public static partial nint mongoc_client_session_get_lsid(nint session);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_session_append(nint session, nint options, byte* error);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_session_start_transaction(nint session, nint options, byte* error);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_session_commit_transaction(nint session, nint reply, byte* error);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_session_abort_transaction(nint session, byte* error);

    [LibraryImport(Mongoc)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_session_in_transaction(nint session);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_client_session_destroy(nint session);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_command_with_opts(nint client, string database, nint command, nint readPreference, nint options, nint reply, byte* error);

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_client_read_command_with_opts(nint client, string database, nint command, nint readPreference, nint options, nint reply, byte* error);

    [LibraryImport(Mongoc)]
    public static partial nint mongoc_transaction_opts_new();

    [LibraryImport(Mongoc)]
    public static partial void mongoc_transaction_opts_set_read_concern(nint options, nint readConcern);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_transaction_opts_set_write_concern(nint options, nint writeConcern);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_transaction_opts_destroy(nint options);

    [LibraryImport(Mongoc)]
    public static partial nint mongoc_read_concern_new();

    [LibraryImport(Mongoc, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool mongoc_read_concern_set_level(nint readConcern, string level);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_read_concern_destroy(nint readConcern);

    [LibraryImport(Mongoc)]
    public static partial nint mongoc_write_concern_new();

    [LibraryImport(Mongoc)]
    public static partial void mongoc_write_concern_set_wmajority(nint writeConcern, int timeoutMilliseconds);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_write_concern_set_journal(nint writeConcern, [MarshalAs(UnmanagedType.U1)] bool journal);

    [LibraryImport(Mongoc)]
    public static partial void mongoc_write_concern_destroy(nint writeConcern);

    [LibraryImport(Bson)]
    public static partial nint bson_new();

    [LibraryImport(Bson)]
    public static partial nint bson_new_from_data(byte* data, nuint length);

    [LibraryImport(Bson)]
    public static partial byte* bson_get_data(nint document);

    [LibraryImport(Bson)]
    public static partial void bson_destroy(nint document);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Mongoc ? Load(MongocNames) : name == Bson ? Load(BsonNames) : 0;

    private static nint Load(string[] names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(LibMongoc).Assembly, null, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
